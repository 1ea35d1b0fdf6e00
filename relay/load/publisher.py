"""Somebody whose camera is on: packets that look like VP8, in bursts as browsers' pacers send them."""

import time
from random import Random
from struct import Struct
from typing import Any, Final

from relay import rtcp
from relay.batches import ffi
from relay.extensions import ABS_SEND_TIME, MID, TRANSPORT_CC
from relay.load.description import VP8, camera
from relay.load.peer import ROOM, Peer
from relay.rtp import send_time

SIZE: Final = 1200
"""Bytes of a packet, before SRTP adds its tag."""
FRAMES: Final = 30
"""A second."""
STAMP: Final = Struct("!q")
"""The end of each payload: nanoseconds since 1970 when it was made."""

_HEADER: Final = Struct("!BBHIIHH")
_VP8: Final = Struct("!BBHBB")
_KEY: Final = bytes((0x10, 0, 0)) + b"\x9d\x01\x2a" + (1280).to_bytes(2, "little") + (720).to_bytes(2, "little")
_BETWEEN: Final = bytes((0x11, 0, 0)) + bytes(7)


class Publisher(Peer):
    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__(host)
        random = Random()  # noqa: S311 - numbers that begin somewhere
        self.ssrc = random.randrange(2, 2**31, 2)
        self.packets = 0
        self._sequence = random.randrange(1, 0x8000)
        self._picture = -1
        self._left = 0  # packets of this frame
        self._key = True
        self._memory: Any = ffi.new("char[]", ROOM)
        self._view = memoryview(ffi.buffer(self._memory)).cast("B")
        self._extension = b""

    def description(self) -> str:
        return camera(self.ourselves, self.ssrc)

    def send(self, count: int, rate: float) -> None:
        """`count` packets at once: made first, for a browser makes one in less time than sending takes. `rate`, packets
        a second, says how many make a frame."""
        made = []
        for _ in range(count):
            if not self._left:
                self._left, self._picture = max(1, round(rate / FRAMES)), self._picture + 1
                made.append(self._made(True, max(1, round(rate / FRAMES)) == 1))
            else:
                made.append(self._made(False, self._left == 1))
            self._left -= 1
        for one in filter(None, made):
            self._send(one)

    def _made(self, starts: bool, ends: bool) -> bytes:
        """Empty without keys."""
        now, view = time.time_ns(), self._view
        extension = self._elements(now)
        key = starts and self._key
        timestamp = self._picture * (90_000 // FRAMES) & 0xFFFFFFFF
        number = (self._sequence + self.packets) & 0xFFFF
        second = VP8 | (0x80 if ends else 0)
        _HEADER.pack_into(view, 0, 0x90, second, number, timestamp, self.ssrc, 0xBEDE, len(extension) // 4)
        at = 16 + len(extension)
        view[16:at] = extension
        picture = self._picture
        _VP8.pack_into(view, at, 0x90 if starts else 0x80, 0xE0, 0x8000 | picture & 0x7FFF, picture & 0xFF, 0x40)
        view[at + 6 : at + 6 + len(_KEY)] = _KEY if key else _BETWEEN
        STAMP.pack_into(view, SIZE - STAMP.size, now)
        self.packets += 1
        if key:
            self._key = False
        if self.keys and self.keys.protect(self._memory, SIZE):
            return bytes(view[: SIZE + self.keys.tag])
        return b""

    def _elements(self, now: int) -> bytes:
        """Header extensions as agreed on."""
        ids, elements = self.remote.extensions, b""
        if number := ids.get(MID):
            elements += bytes((number << 4,)) + b"0"
        if number := ids.get(ABS_SEND_TIME):
            elements += bytes((number << 4 | 2,)) + send_time(now / 1e9)
        if number := ids.get(TRANSPORT_CC):
            elements += bytes((number << 4 | 1,)) + (self.packets & 0xFFFF).to_bytes(2, "big")
        return elements + bytes(-len(elements) % 4)

    def report(self) -> None:
        """Once a second."""
        now = time.time_ns()
        ntp = (now // 1_000_000_000 + 2_208_988_800) << 32 | (now % 1_000_000_000 << 32) // 1_000_000_000
        timestamp = max(self._picture, 0) * (90_000 // FRAMES) & 0xFFFFFFFF
        octets = self.packets * SIZE & 0xFFFFFFFF
        self.send_rtcp(rtcp.SenderReport(self.ssrc, ntp, timestamp, self.packets & 0xFFFFFFFF, octets).pack())

    def on_rtcp(self, message: rtcp.Message) -> None:
        """Key frames are sent when asked for; lost packets are not sent again."""
        if isinstance(message, rtcp.Pli | rtcp.Fir):
            self._key = True
