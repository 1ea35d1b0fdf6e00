"""Packets in order to whole frames, as a file holds them. Nothing is decoded."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from aiortc.codecs.h264 import H264PayloadDescriptor

from relay.codecs import Codec
from relay.malformed import Malformed

LARGEST = 4 * 1024 * 1024  # one frame


class Frame(NamedTuple):
    timestamp: int
    data: bytes
    keyframe: bool


class Frames:
    """Of one source; video begins with a key frame, and again after a loss."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._parts: list[bytes] = []
        self._size = 0
        self._timestamp = -1
        self._keyframe = False
        self._next = -1
        self._whole = codec in WHOLE
        self.waiting = not self._whole
        """For a key frame."""

    def add(self, index: int, timestamp: int, payload: bytes, *, marker: bool, keyframe: bool) -> Frame | None:
        if self._whole:
            return Frame(timestamp, WHOLE[self._codec](payload), True)
        lost, self._next = self._next >= 0 and index != self._next, index + 1
        if lost:
            self._parts.clear()
            self.waiting = True
        if timestamp != self._timestamp or not self._parts:
            self._parts, self._size = [], 0
            self._timestamp, self._keyframe = timestamp, False
        self._keyframe |= keyframe
        self._parts.append(payload)
        self._size += len(payload)
        return self._joined() if marker and self._size <= LARGEST else None

    def _joined(self) -> Frame | None:
        parts, self._parts = self._parts, []
        self.waiting = self.waiting and not self._keyframe
        if self.waiting:
            return None
        try:
            return Frame(self._timestamp, JOINED[self._codec](parts), self._keyframe)
        except (IndexError, ValueError) as error:
            raise Malformed("payloads that make no frame") from error


def _red(payload: bytes) -> bytes:
    """The newest block (RFC 2198); the older ones came before."""
    at = skipped = 0
    while payload[at] & 0x80:
        skipped += (payload[at + 2] & 0x03) << 8 | payload[at + 3]
        at += 4
    return payload[at + 1 + skipped :]


def _vp8(payload: bytes) -> bytes:
    at = 1
    if payload[0] & 0x80:
        flags, at = payload[1], 2
        if flags & 0x80:
            at += 2 if payload[at] & 0x80 else 1
        at += bool(flags & 0x40) + bool(flags & 0x30)
    return payload[at:]


def _vp9(payload: bytes) -> bytes:
    """RFC 9628, 4.2."""
    first, at = payload[0], 1
    if first & 0x80:
        at += 2 if payload[at] & 0x80 else 1
    if first & 0x20:
        at += 1 if first & 0x10 else 2
    if first & 0x50 == 0x50:
        while payload[at] & 1:
            at += 1
        at += 1
    return payload[_after_structure(payload, at) if first & 0x02 else at :]


def _after_structure(payload: bytes, at: int) -> int:
    head, at = payload[at], at + 1
    if head & 0x10:
        at += 4 * ((head >> 5) + 1)
    if head & 0x08:
        groups, at = payload[at], at + 1
        for _ in range(groups):
            at += 1 + (payload[at] >> 2 & 3)
    return at


def _av1(parts: list[bytes]) -> bytes:
    """AV1 RTP, 4.4: units come without their sizes, which a file needs."""
    units: list[bytes] = []
    for payload in parts:
        goes_on = bool(payload[0] & 0x80)
        for unit in _elements(payload):
            if goes_on and units:
                units[-1] += unit
            else:
                units.append(unit)
            goes_on = False
    return b"".join(_sized(unit) for unit in units if unit and unit[0] >> 3 & 15 != 2)


def _elements(payload: bytes) -> Iterator[bytes]:
    count, at, number = payload[0] >> 4 & 3, 1, 0
    while at < len(payload):
        number += 1
        length = len(payload) - at
        if number != count:
            length, at = _leb128(payload, at)
        yield payload[at : at + length]
        at += length


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 35, 7):
        value |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
    raise ValueError("a number without end")


def _sized(unit: bytes) -> bytes:
    if unit[0] & 0x02:
        return unit
    head = 2 if unit[0] & 0x04 else 1
    size, length = len(unit) - head, bytearray()
    while size >= 0x80:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([unit[0] | 0x02]) + unit[1:head] + bytes(length) + bytes([size]) + unit[head:]


def _h264(payload: bytes) -> bytes:
    return H264PayloadDescriptor.parse(payload)[1]


def _one_by_one(body: Callable[[bytes], bytes]) -> Callable[[list[bytes]], bytes]:
    return lambda parts: b"".join(map(body, parts))


WHOLE: dict[Codec, Callable[[bytes], bytes]] = {"opus": bytes, "red": _red}
JOINED: dict[Codec, Callable[[list[bytes]], bytes]] = {
    "vp8": _one_by_one(_vp8),
    "vp9": _one_by_one(_vp9),
    "h264": _one_by_one(_h264),
    "av1": _av1,
}
