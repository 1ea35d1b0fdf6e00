"""Copies for one receiver in one call, where `make native` compiled native.c: to the byte what `rewriting` writes.

Without it nothing is missing but speed. `python -m relay.native` compiles it, by plain cc and for this source alone.
"""

import logging
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

import cffi

from relay.rtp import HEADER, LARGEST, Normalised
from relay.srtp import PROTECT, Keys

if TYPE_CHECKING:
    from relay.batches import Target
    from relay.rewriting import Segment
    from relay.udp import Wire

SOURCE: Final = Path(__file__).with_suffix(".c")
BUILT: Final = SOURCE.with_name("libnative.so")
MOST: Final = 64
"""Packets of one burst; more of them are copied by Python."""

ffi: Any = cffi.FFI()
ffi.cdef("""
void relay_copy(const void *packets, void *copy);
void relay_use(void *function);
void relay_layout(uint32_t *layout);
""")
_PACKET: Final = Struct("=IIHHHHBBBx")
_STRIDE: Final = _PACKET.size + LARGEST - HEADER
_SEGMENT: Final = Struct("=QIIHHBBxx")
_PLACE: Final = Struct("=QIIIIII")
_DONE: Final = Struct("=IIII")
_NEXT_AT: Final = _SEGMENT.size + 16
log = logging.getLogger("relay")


class Burst(list[Normalised]):
    """Packets in the order of their indexes, from `first` to `last`, which C can read until the next burst is made."""

    __slots__ = ("first", "last", "library", "octets")

    def __init__(self, packets: Sequence[Normalised], library: "Library") -> None:
        super().__init__(packets)
        self.library = library
        self.first, self.last = packets[0].index, packets[-1].index
        self.octets = sum(packet.size - packet.payload_at for packet in packets)


class Library:
    """Owns the memory C reads packets from."""

    def __init__(self, path: Path) -> None:
        """OSError: it is none of ours."""
        self._library = ffi.dlopen(str(path))
        layout = ffi.new("uint32_t[]", 5)
        self._library.relay_layout(layout)
        if list(layout) != [_source(), _STRIDE, _PACKET.size, _SEGMENT.size + _PLACE.size, _SEGMENT.size]:
            raise OSError("it was compiled from another source")
        self._library.relay_use(ffi.cast("void *", PROTECT))
        self.copy = self._library.relay_copy
        self.packets = ffi.new("char[]", MOST * _STRIDE)
        self._view = memoryview(ffi.buffer(self.packets)).cast("B")

    def burst(self, packets: Sequence[Normalised]) -> Burst:
        at, view = 0, self._view
        for one in packets:
            _PACKET.pack_into(
                view,
                at,
                one.size,
                one.timestamp,
                one.index & 0xFFFF,
                one.picture,
                one.picture_at,
                one.tl0_at,
                one.first,
                one.second,
                one.tl0,
            )
            view[at + _PACKET.size : at + _PACKET.size + one.size - HEADER] = one.body
            at += _STRIDE
        return Burst(packets, self)


class Copies:
    """Of one source for one receiver."""

    __slots__ = ("_for", "_memory", "_ssrc", "_view")

    def __init__(self, ssrc: int) -> None:
        self._ssrc = ssrc
        self._memory: Any = ffi.new("char[]", _SEGMENT.size + _PLACE.size)
        self._view = memoryview(ffi.buffer(self._memory)).cast("B")
        self._for: tuple[Segment[Any], Keys] | None = None

    def write(
        self, burst: Burst, segment: "Segment[Any]", wire: "Wire", target: "Target", keys: Keys, *, urgent: bool
    ) -> int:
        """Places them on the wire, encrypted; how many bytes they are."""
        library = burst.library
        if self._for is None or self._for[0] is not segment or self._for[1] is not keys:
            self._begin(segment, keys)
        view, at, count, sent = self._view, 0, len(burst), 0
        while at < count:
            run = wire.place(target, burst[at].size + keys.tag, urgent=urgent)
            if run is None:
                at += 1
                continue
            end = run.end
            room = run.limit - end
            _PLACE.pack_into(view, _SEGMENT.size, wire.begins_at + end, room, run.segment, at, count, 0, 0)
            library.copy(library.packets, self._memory)
            at, _, written, size = _DONE.unpack_from(view, _NEXT_AT)
            run.grow_by(written, size)
            sent += size
        return sent

    def _begin(self, segment: "Segment[Any]", keys: Keys) -> None:
        self._for = segment, keys
        _SEGMENT.pack_into(
            self._view,
            0,
            keys.sending,
            self._ssrc,
            segment.timestamp & 0xFFFFFFFF,
            segment.offset & 0xFFFF,
            segment.picture & 0x7FFF,
            segment.tl0 & 0xFF,
            keys.tag,
        )


def burst(packets: Sequence[Normalised]) -> Sequence[Normalised]:
    """A Burst where there is the library, and the packets are in order."""
    if library is None or len(packets) > MOST:
        return packets
    if any(one.index >= other.index for one, other in zip(packets, packets[1:], strict=False)):
        return packets
    return library.burst(packets)


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
