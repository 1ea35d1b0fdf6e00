"""Run by test_native_reading: any bytes at all through native.c, compiled with the checks of the compiler."""

import contextlib
import sys
from pathlib import Path
from random import Random

from pylibsrtp import Policy, Session

from relay import native
from relay.batches import address_of
from relay.codecs import PAYLOAD_TYPES, Codec
from relay.native import DATAGRAM, READS, Library, ffi
from relay.srtp import PROTECT, Keys
from relay.udp import ROOM, bound

TYPE, ROUNDS = 96, 400
KINDS: dict[Codec, int] = {"opus": native._AUDIO, "h264": native._VIDEO, "vp8": native._VP8}


@ffi.callback("int(void *, void *, int *)")
def believe(session: object, packet: object, length: object) -> int:
    return 0


def datagram(random: Random) -> bytes:
    size = random.choice([0, 1, 12, 20, random.randrange(60), 1499, 1500, 1501, DATAGRAM])
    data = bytearray(random.choice([bytes, random.randbytes])(size))
    if len(data) > 16:
        data[:2] = bytes((random.choice([0x80, 0x90, 0x90]), TYPE))
        words = random.choice([random.randrange(4), random.randrange(500), 0xFFFF])
        data[12:16] = b"\xbe\xde" + words.to_bytes(2, "big")
    return bytes(data)


def come(library: Library, random: Random, host: str) -> None:
    """Through a real socket: of any size, from several."""
    with contextlib.ExitStack() as stack:
        heard, *senders = [stack.enter_context(bound(host, 0)) for _ in range(4)]
        for _ in range(random.randrange(2 * READS)):
            size = random.choice([0, 1, 11, 12, 13, 1200, 2047, 2048, 3000])
            data = random.choice([b"", b"\x80\x60"]) + random.choice([bytes, random.randbytes])(size)
            random.choice(senders).sendto(data, heard.getsockname())
        with contextlib.suppress(BlockingIOError):
            for train in library.read(heard.fileno()):
                assert sum(len(data) for data in train.datagrams()) == train.size


def read(library: Library, random: Random) -> int:
    """How many of them C could do something with."""
    codec = random.choice(list(KINDS))
    memory = ffi.new("char[]", native._READING.size)
    native._READING.pack_into(ffi.buffer(memory), 0, 0, TYPE, PAYLOAD_TYPES[codec], KINDS[codec], 3, 1, 4, b"")
    library.packets[:] = bytes(len(library.packets))
    for number in range(READS):
        data, at = datagram(random), number * native._STRIDE
        native._CAME.pack_into(library.packets, at, len(data), 1, len(data), 1, 16, b"")
        library.packets[at + native._DATA_AT : at + native._DATA_AT + len(data)] = data
    library._library.relay_open(memory, random.randrange(READS), 2 * READS)
    library._library.relay_open(memory, 0, READS)
    made = (native._MADE.unpack_from(library.packets, n * native._STRIDE + native._CAME.size) for n in range(READS))
    return sum(one[-1] == native._USUAL for one in made)


def copy(library: Library, random: Random, keys: Keys) -> int:
    """Whatever stands in its memory: how many it copied. There is exactly as much room as it is told."""
    library._order[:] = random.randbytes(READS)
    for number in range(2 * READS):
        at = number * native._STRIDE + native._CAME.size
        library.packets[at : at + native._MADE.size] = random.randbytes(native._MADE.size)
        size = random.choice([random.randrange(200), 1500, 2**32 - 8])
        library.packets[at : at + 4] = size.to_bytes(4, "little")
    room, count = random.randrange(1, 2 * ROOM), random.randrange(1, 2 * READS)
    memory, made = ffi.new("char[]", room), ffi.new("char[]", native._LAYOUT[-2])
    native._SEGMENT.pack_into(ffi.buffer(made), 0, keys.sending, *(random.randrange(256) for _ in range(5)), keys.tag)
    place = address_of(memory), room, ROOM, 0, count, 0, 0
    native._PLACE.pack_into(ffi.buffer(made), native._SEGMENT.size, *place)
    library.copy(made)
    after, _, written, size = native._DONE.unpack_from(ffi.buffer(made), native._NEXT_AT)
    assert 0 < after <= count, "it goes on"
    assert size <= room and (written == 0) == (size == 0), "it says what it wrote"
    return int(written)


def main() -> None:
    library, random = Library(Path(sys.argv[1])), Random(1)
    library._library.relay_use(ffi.cast("void *", PROTECT), ffi.cast("void *", believe))
    policy = Policy(bytes(28), Policy.SSRC_ANY_OUTBOUND, 0, Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
    policy.allow_repeat_tx = True
    keys = Keys(Session(policy), Session(policy), 16)
    with bound("127.0.0.1", 0) as sock:
        assert [library._library.relay_read(sock.fileno(), READS + more) for more in (0, 1, 1000)] == [0, 0, 0]
    for at in range(ROUNDS // 4):
        with contextlib.suppress(OSError):  # no IPv6 on this machine
            come(library, random, ("127.0.0.1", "::1")[at % 2])
    print(sum(read(library, random) for _ in range(ROUNDS)))
    print(sum(copy(library, random, keys) for _ in range(20 * ROUNDS)))


if __name__ == "__main__":
    main()
