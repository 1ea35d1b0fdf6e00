"""What the relay's own work on a packet costs, apart from sockets and ciphers: `python -m benchmarks.relay_packets`.

Microseconds per packet of 1200 bytes, the best of several rounds, and how many plain copies that would be.
"""

import timeit
from collections.abc import Callable
from random import Random
from struct import pack

from relay import rtp
from relay.cache import Cache
from relay.extensions import ABS_SEND_TIME, MID, RID, TRANSPORT_CC, Ids
from relay.gaps import Gaps
from relay.rewriting import Rewriter
from relay.rtp import Normalised
from relay.sequence import Sequencer

PACKETS, ROUNDS = 1000, 15
IDS = Ids({ABS_SEND_TIME: 2, TRANSPORT_CC: 3, MID: 4, RID: 10})
# abs-send-time, transport-cc, mid "1", rid "h", as a browser sends them; then VP8 with picture id and TL0PICIDX.
EXTENSIONS = b"\xbe\xde\x00\x03\x22abc\x31\x00\x01\x40\x31\xa0\x68" + bytes(1)
VP8 = b"\x80\xe0\x80\x01\x05\x20\x01"


def wire(sequence: int) -> bytes:
    header = pack("!BBHII", 0x90, 96, sequence, sequence // 10 * 3000, 0x11223344) + EXTENSIONS
    return header + VP8 + bytes(1200 - len(header) - len(VP8))


def best(work: Callable[[], None]) -> float:
    return min(timeit.repeat(work, number=1, repeat=ROUNDS)) / PACKETS * 1e6


def parsed(wires: list[bytes]) -> list[Normalised]:
    sequencer = Sequencer()
    packets = map(rtp.parse, wires)
    return [rtp.normalise(one, "vp8", IDS, sequencer.place(one.sequence), 1.0) for one in packets]


def read(wires: list[bytes]) -> None:
    sequencer = Sequencer()
    for one in wires:
        packet = rtp.parse(one)
        rtp.normalise(packet, "vp8", IDS, sequencer.place(packet.sequence), 1.0)


def rewritten(packets: list[Normalised]) -> None:
    rewriter, out, layer = Rewriter[object](1, 90000, Random(1)), bytearray(1600), object()
    packets[0].keyframe = True
    rewriter.aim(layer)
    for packet in packets:
        if segment := rewriter.place(layer, packet):
            rewriter.write(packet, segment, out, 0)


def cached(packets: list[Normalised]) -> None:
    cache = Cache()
    for packet in packets:
        cache.put([packet])


def followed(packets: list[Normalised]) -> None:
    gaps = Gaps()
    for packet in packets:
        gaps.arrived([packet.index], 1.0)


def copied(wires: list[bytearray]) -> None:
    for one in wires:
        bytes(one)


def main() -> None:
    wires = [wire(sequence) for sequence in range(1, PACKETS + 1)]
    arrays = [bytearray(one) for one in wires]
    packets = parsed(wires)
    copy = best(lambda: copied(arrays))
    costs = {
        "plain copy": copy,
        "parse and normalise, once": best(lambda: read(wires)),
        "cache, once": best(lambda: cached(packets)),
        "gaps, once": best(lambda: followed(packets)),
        "rewrite, per receiver": best(lambda: rewritten(packets)),
    }
    for name, cost in costs.items():
        print(f"{name:<26} {cost:6.2f} us {cost / copy:6.1f} copies")


if __name__ == "__main__":
    main()
