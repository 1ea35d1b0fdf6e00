"""What comes together read in one call, and what goes to one receiver written in one, where `make native` compiled
native.c: to the byte what `rtp` and `rewriting` make of it.

Without it nothing is missing but speed. `python -m relay.native` compiles it, by plain cc and for this source alone.
"""

import errno
import logging
import os
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

import cffi

from relay import codecs
from relay.batches import BLOCK, Address, address_in, address_of
from relay.codecs import Codec
from relay.extensions import Ids
from relay.rtp import HEADER, Normalised, send_time
from relay.srtp import PROTECT, UNPROTECT, Keys

if TYPE_CHECKING:
    from relay.batches import Target
    from relay.rewriting import Segment
    from relay.udp import Wire

SOURCE: Final = Path(__file__).with_suffix(".c")
BUILT: Final = SOURCE.with_name("libnative.so")
READS: Final = 64
"""Packets read at once, and of one burst; more of them are copied by Python."""
DATAGRAM: Final = 2048
SEEN_THROUGH: Final[frozenset[Codec]] = codecs.AUDIO | {"vp8"}
"""Whose key frames C sees."""
NAMES: Final = 4096
"""Addresses remembered."""
TOGETHER: Final = 256
"""Receivers in one call."""

ffi: Any = cffi.FFI()
ffi.cdef("""
int relay_read(int socket, uint32_t first);
void relay_open(const void *reading, uint32_t at, uint32_t count);
void relay_pass(void *outbox, const void *const *copies, uint32_t receivers, uint32_t count);
int relay_send(void *outbox);
void relay_use(void *protect, void *unprotect);
void *relay_packets(void);
void *relay_order(void);
void relay_layout(uint32_t *layout);
""")
_CAME: Final = Struct("=IIIII28s")
_MADE: Final = Struct("=IIiiHHHHHHBBBBBxxx")
_DATA_AT: Final = _CAME.size + _MADE.size
_STRIDE: Final = _DATA_AT + DATAGRAM
_READING: Final = Struct("=QBBBBBB3s7x")
_SEND_TIME_AT: Final = 14
_COPY: Final = Struct("=QIIHHBBxxI28s")
_OUTBOX: Final = Struct("=QQiIIIIIQQQQ")
_SOCKET: Final = Struct("=i")
_WAITING: Final = Struct("=II")
_DONE: Final = Struct("=QQQQ")
_SOCKET_AT, _WAITING_AT, _DONE_AT = 16, 28, 40
_RUN: Final = Struct("=IIIIII28s")
_LENGTH: Final = Struct("=I")
_NOT_GENUINE, _UNUSUAL, _USUAL = range(3)
_AUDIO, _VIDEO, _VP8 = range(3)
_LAYOUT: Final = [
    READS,
    _STRIDE,
    _CAME.size,
    _DATA_AT,
    _READING.size,
    _COPY.size,
    _OUTBOX.size,
    _DONE_AT,
    _RUN.size,
    BLOCK,
]
log = logging.getLogger("relay")


class Reading:
    """How the packets of one source are read."""

    __slots__ = ("_payload_type", "codec", "ids", "is_video", "keys", "memory", "view")

    def __init__(self, keys: Keys, ids: Ids, transport_cc: int, payload_type: int, codec: Codec) -> None:
        self.keys, self.ids, self.codec, self._payload_type = keys, ids, codec, payload_type
        self.is_video = codec not in codecs.AUDIO
        kind = _VP8 if codec == "vp8" else _VIDEO if self.is_video else _AUDIO
        used = transport_cc, 0 if self.is_video else ids.audio_level, ids.video_orientation
        self.memory: Any = ffi.new("char[]", _READING.size)
        self.view = memoryview(ffi.buffer(self.memory)).cast("B")
        _READING.pack_into(self.view, 0, keys.receiving, payload_type, codecs.PAYLOAD_TYPES[codec], kind, *used, b"")

    def fits(self, keys: Keys | None, ids: Ids, payload_type: int | None = None) -> bool:
        return keys is self.keys and ids is self.ids and payload_type in (None, self._payload_type)


class Train:
    """Datagrams that came from one address in a row, there until the next are read: `count` of RTP of one `source`, of
    `size` bytes together; or a single one of something else, `source` 0."""

    __slots__ = ("_at", "_library", "address", "count", "size", "source")

    def __init__(self, library: "Library", at: int, address: Address, source: int, count: int, size: int) -> None:
        self._library, self._at = library, at
        self.address, self.source, self.count, self.size = address, source, count, size

    def datagrams(self) -> Iterator[memoryview]:
        return (self._library.datagram(at) for at in range(self._at, self._at + self.count))

    def open(self, reading: Reading, now: float) -> list[tuple[int, Normalised | bytes]]:
        """Decrypts them. Each with its transport-wide number, -1 for none, and its sequence number for its index; bytes
        where it is nothing usual, none of them where it is not genuine."""
        return self._library.open(reading, self._at, self.count, now)


class Burst(list[Normalised]):
    """Packets in the order of their indexes, from `first` to `last`, of `size` bytes together and `octets` of payload,
    which C can read until the next burst is made, or the next datagrams are read."""

    __slots__ = ("_copies", "first", "last", "library", "octets", "size")

    def __init__(self, packets: Sequence[Normalised], size: int, octets: int, library: "Library") -> None:
        super().__init__(packets)
        self.library, self.size, self.octets = library, size, octets
        self.first, self.last = packets[0].index, packets[-1].index
        self._copies: dict[tuple[Wire, bool], list[Any]] = {}

    def go(self, wire: "Wire", copy: Any, *, urgent: bool) -> None:
        """To one receiver more, with all the others when it leaves."""
        self._copies.setdefault((wire, urgent), []).append(copy)

    def leave(self) -> None:
        for (wire, urgent), copies in self._copies.items():
            wire.write(self.library, copies, len(self), urgent=urgent)


class Library:
    """Owns the memory that C reads packets into, and copies them from: READS as they came, READS more by Python."""

    def __init__(self, path: Path) -> None:
        """OSError: it is none of ours."""
        self._library = ffi.dlopen(str(path))
        layout = ffi.new("uint32_t[]", 11)
        self._library.relay_layout(layout)
        if list(layout) != [_source(), *_LAYOUT]:
            raise OSError("it was compiled from another source")
        self._library.relay_use(ffi.cast("void *", PROTECT), ffi.cast("void *", UNPROTECT))
        if self._library.relay_read(-1, 0) != -errno.EBADF:
            raise OSError("this system does not let it read")
        self.pass_on, self.send = self._library.relay_pass, self._library.relay_send
        self.packets = memoryview(ffi.buffer(self._library.relay_packets(), 2 * READS * _STRIDE)).cast("B")
        self._order = memoryview(ffi.buffer(self._library.relay_order(), READS)).cast("B")
        self._held: dict[Normalised, int] = {}
        self._names: dict[bytes, Address] = {}

    # What comes

    def read(self, descriptor: int) -> Iterator[Train]:
        """What waits in a socket and what comes meanwhile, READS at most. OSError: as of recvfrom, where it is more
        than that nothing waits."""
        self._held = {}
        filled = 0
        while filled < READS:
            found = self._library.relay_read(descriptor, filled)
            if found == -errno.EAGAIN:
                return
            if found < 0:
                raise OSError(-found, os.strerror(-found))
            yield from self._trains(filled, filled + found)
            filled += found

    def _trains(self, at: int, end: int) -> Iterator[Train]:
        while at < end:
            _, count, size, source, _, name = _CAME.unpack_from(self.packets, at * _STRIDE)
            address = self._names.get(name) or self._named(name)
            yield Train(self, at, address, source, count or 1, size)
            at += count or 1

    def _named(self, name: bytes) -> Address:
        if len(self._names) >= NAMES:
            self._names.clear()
        address = self._names[name] = address_in(name)
        return address

    def datagram(self, slot: int) -> memoryview:
        at = slot * _STRIDE
        (length,) = _LENGTH.unpack_from(self.packets, at)
        return self.packets[at + _DATA_AT : at + _DATA_AT + length]

    def open(self, reading: Reading, first: int, count: int, now: float) -> list[tuple[int, Normalised | bytes]]:
        reading.view[_SEND_TIME_AT : _SEND_TIME_AT + 3] = send_time(now)
        self._library.relay_open(reading.memory, first, count)
        return [self._opened(reading, slot, now) for slot in range(first, first + count)]

    def _opened(self, reading: Reading, slot: int, now: float) -> tuple[int, Normalised | bytes]:
        at, view = slot * _STRIDE, self.packets
        (
            size,
            timestamp,
            transport,
            level,
            sequence,
            picture,
            picture_at,
            tl0_at,
            payload_at,
            body_at,
            first,
            second,
            tl0,
            keyframe,
            state,
        ) = _MADE.unpack_from(view, at + _CAME.size)
        if state != _USUAL:
            return -1, bytes(self.datagram(slot)) if state == _UNUSUAL else b""
        begins = at + _DATA_AT + body_at
        body = bytes(view[begins : begins + size - HEADER])
        made = Normalised(first, second, sequence, timestamp, now, body, payload_at, reading.is_video)
        made.keyframe, made.picture, made.picture_at = bool(keyframe), picture, picture_at
        made.tl0, made.tl0_at = tl0, tl0_at
        if level >= 0:
            made.level = level & 0x7F
        self._held[made] = slot
        return transport, made

    # What goes

    def burst(self, packets: Sequence[Normalised]) -> Burst | None:
        """None: they are not in order."""
        held, spare, size, octets, last = self._held, READS, 0, 0, -1
        for place, one in enumerate(packets):
            if one.index <= last:
                return None
            last = one.index
            slot = held.get(one)
            if slot is None:
                slot, spare = spare, spare + 1
                self._write(slot, one)
            self._order[place] = slot
            size, octets = size + one.size, octets + one.size - one.payload_at
        return Burst(packets, size, octets, self)

    def _write(self, slot: int, one: Normalised) -> None:
        at, view = slot * _STRIDE, self.packets
        numbers = one.index & 0xFFFF, one.picture, one.picture_at, one.tl0_at, one.payload_at, 0
        _MADE.pack_into(
            view,
            at + _CAME.size,
            one.size,
            one.timestamp,
            -1,
            -1,
            *numbers,
            one.first,
            one.second,
            one.tl0,
            one.keyframe,
            _USUAL,
        )
        view[at + _DATA_AT : at + _DATA_AT + one.size - HEADER] = one.body


class Copies:
    """Of one source for one receiver."""

    __slots__ = ("_for", "_memory", "_ssrc")

    def __init__(self, ssrc: int) -> None:
        self._ssrc = ssrc
        self._memory: Any = ffi.new("char[]", _COPY.size)
        self._for: tuple[Any, ...] = ()

    def made(self, segment: "Segment[Any]", target: "Target", keys: Keys) -> Any:
        """How C makes them."""
        known = self._for
        if not known or known[0] is not segment or known[1] is not target or known[2] is not keys:
            self._for = segment, target, keys
            _COPY.pack_into(
                ffi.buffer(self._memory),
                0,
                keys.sending,
                self._ssrc,
                segment.timestamp & 0xFFFFFFFF,
                segment.offset & 0xFFFF,
                segment.picture & 0x7FFF,
                segment.tl0 & 0xFF,
                keys.tag,
                target.size,
                target.name,
            )
        return self._memory


class Outbox:
    """What C wrote for a socket, until it takes it: `most` runs. `plain`: the kernel cuts no segments for it."""

    __slots__ = ("_library", "_memory", "_most", "_pointers", "_runs", "_view")

    def __init__(self, library: Library, descriptor: int, most: int, *, plain: bool) -> None:
        self._library, self._most = library, most
        self._runs: Any = ffi.new("char[]", most * _RUN.size), ffi.new("char[]", most * BLOCK)
        self._memory: Any = ffi.new("char[]", _OUTBOX.size)
        self._view = memoryview(ffi.buffer(self._memory)).cast("B")
        self._pointers: Any = ffi.new("void *[]", TOGETHER)
        runs, blocks = map(address_of, self._runs)
        _OUTBOX.pack_into(self._view, 0, runs, blocks, descriptor, plain, most, *(0,) * 7)

    @property
    def waiting(self) -> int:
        """Runs."""
        first: int
        last: int
        first, last = _WAITING.unpack_from(self._view, _WAITING_AT)
        return (last - first) & 0xFFFFFFFF

    def room_for(self, count: int) -> int:
        """How many receivers of so many packets there is room for, however long these are."""
        return min((self._most - self.waiting) // count, TOGETHER)

    def write(self, copies: Sequence[Any], count: int) -> None:
        """The burst that is there, `count` packets, for each of these receivers, TOGETHER at most."""
        self._pointers[0 : len(copies)] = copies
        self._library.pass_on(self._memory, self._pointers, len(copies), count)

    def send(self) -> bool:
        """Whether all of it is gone; False: the socket takes no more for now."""
        return not self._library.send(self._memory)

    def close(self) -> None:
        """Nothing goes any more, and what has the socket's number now stays untouched."""
        _SOCKET.pack_into(self._view, _SOCKET_AT, -1)

    def counted(self) -> tuple[int, int, int, int]:
        """Since the last time: packets and bytes that are gone, runs that could not be sent, packets without room."""
        found = _DONE.unpack_from(self._view, _DONE_AT)
        _DONE.pack_into(self._view, _DONE_AT, 0, 0, 0, 0)
        return found


def burst(packets: Sequence[Normalised]) -> Sequence[Normalised]:
    """A Burst where there is the library, and the packets are in order."""
    if library is None or len(packets) > READS:
        return packets
    return library.burst(packets) or packets


def _source() -> int:
    return zlib.crc32(SOURCE.read_bytes())


def build(to: Path = BUILT) -> None:
    """CalledProcessError, FileNotFoundError: as the compiler says, or there is none."""
    options = ["-O2", "-shared", "-fPIC", "-std=c99", "-Wall", "-Wextra", "-Werror", f"-DSOURCE={_source()}u"]
    subprocess.run(["cc", *options, "-o", str(to), str(SOURCE)], check=True)  # noqa: S603, S607


def load(path: Path = BUILT) -> Library | None:
    try:
        return Library(path) if path.exists() else None
    except (OSError, AttributeError) as error:
        log.warning("%s is not used: %s. `make native` compiles it anew.", path, error)
        return None


if __name__ == "__main__":
    build()
else:
    library = load()
