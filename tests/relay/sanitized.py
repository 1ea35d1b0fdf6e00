"""Run by test_native_reading: any bytes at all through native.c, compiled with the checks of the compiler."""

import contextlib
import sys
from pathlib import Path
from random import Random

from pylibsrtp import Policy, Session

from relay import native
from relay.codecs import PAYLOAD_TYPES, Codec
from relay.native import DATAGRAM, READS, Library, Outbox, ffi
from relay.srtp import PROTECT, Keys
from relay.udp import bound

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


def copy(library: Library, random: Random, keys: Keys, sock: int) -> int:
    """Whatever stands in its memory: how many it sent, or would have. The blocks are exactly as large as they are."""
    library._order[:] = random.randbytes(READS)
    for number in range(2 * READS):
        at = number * native._STRIDE + native._CAME.size
        library.packets[at : at + native._MADE.size] = random.randbytes(native._MADE.size)
        size = random.choice([random.randrange(200), 1500, 2**32 - 8])
        library.packets[at : at + 4] = size.to_bytes(4, "little")
    outbox = Outbox(library, random.choice([-1, sock]), random.randrange(1, 6), plain=random.random() < 0.5)
    copies = [ffi.new("char[]", native._COPY.size) for _ in range(random.randrange(1, 6))]
    for one in copies:
        name = random.choice([b"", random.randbytes(28), b"\2\0\0\1\x7f\0\0\1".ljust(16, b"\0")])
        numbers = (random.randrange(256) for _ in range(5))
        length = random.choice([len(name), len(name), 2**32 - 1])
        native._COPY.pack_into(ffi.buffer(one), 0, keys.sending, *numbers, keys.tag, length, name)
    for _ in range(random.randrange(1, 4)):
        outbox.write(random.choices(copies, k=5), random.randrange(1, 2 * READS))
        if random.random() < 0.5:
            outbox.send()
    assert outbox.send(), "nothing waits"
    gone, size, lost, dropped = outbox.counted()
    assert (gone == 0) == (size == 0)
    return int(gone + lost + dropped)


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
    with bound("127.0.0.1", 0) as sock:
        print(sum(copy(library, random, keys, sock.fileno()) for _ in range(4 * ROUNDS)))


if __name__ == "__main__":
    main()
