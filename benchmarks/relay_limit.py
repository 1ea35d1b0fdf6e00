"""What sending encrypted packets costs at least on this machine: `python -m benchmarks.relay_limit receivers burst`.

AES-GCM by the library the relay uses, and sendmmsg with segmentation by the kernel, in bursts, to sockets that drop all
of it. Nothing is received, copied or decided, and Python's calls are taken off. Prints CPU microseconds a packet; runs
on core 0.
"""

import os
import socket
import struct
import sys
import time
from collections.abc import Callable

from pylibsrtp import Policy, Session
from pylibsrtp._binding import lib

from relay.batches import ffi
from relay.load.publisher import SIZE
from relay.load.sampling import sample_only

TAG, ROOM, SECONDS = 16, 1536, 0.2


class Bursts:
    """One for each receiver, in memory."""

    def __init__(self, receivers: int, burst: int) -> None:
        policy = Policy(bytes(30), Policy.SSRC_ANY_OUTBOUND, 0, Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
        policy.allow_repeat_tx = True
        self._session = Session(policy)
        self._receivers = [self._receiver() for _ in range(receivers)]
        self.count = receivers * burst
        self._memory = ffi.new("char[]", self.count * ROOM)
        view = memoryview(ffi.buffer(self._memory))
        self.packets = [self._memory + at * ROOM for at in range(self.count)]
        for at in range(self.count):
            header = struct.pack("!BBHII", 0x80, 96, 1 + at % burst, 1, 1 + at // burst)
            view[at * ROOM : at * ROOM + 12] = header
        self._length = ffi.new("int *")
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._keep = [self._message(number, burst) for number in range(receivers)]
        self._messages = ffi.new("struct mmsghdr[]", [{"header": one[0]} for one in self._keep])
        self._send = ffi.dlopen(None).sendmmsg

    def _receiver(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        sample_only(sock)
        return sock

    def _message(self, number: int, burst: int) -> tuple[dict[str, object], list[object]]:
        host, port = self._receivers[number].getsockname()
        name = ffi.new(
            "char[]", struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton(host))
        )
        packets = self.packets[number * burst : (number + 1) * burst]
        parts = ffi.new("struct iovec[]", [{"base": one, "length": SIZE + TAG} for one in packets])
        control = ffi.new("char[]", struct.pack("=QiiH6x", 18, socket.IPPROTO_UDP, 103, SIZE + TAG))
        header = {"name": name, "name_length": 16, "parts": parts, "part_count": burst}
        return {**header, "control": control, "control_length": 24}, [name, parts, control]

    def protect(self, size: int = SIZE) -> None:
        """Of no bytes it is refused at once: what the calls from Python cost."""
        length, session, protect = self._length, self._session._srtp[0], lib.srtp_protect
        for packet in self.packets:
            length[0] = size
            protect(session, packet, length)
        assert length[0] == (size and size + TAG)

    def send(self) -> None:
        sent = 0
        while sent < len(self._keep):
            some = self._send(self._sock.fileno(), self._messages + sent, len(self._keep) - sent, 0)
            assert some > 0, ffi.errno
            sent += some


def limit(receivers: int, burst: int) -> float:
    bursts = Bursts(receivers, burst)
    protected = cost(bursts.protect) - cost(lambda: bursts.protect(0))
    return 1e6 * (protected + cost(bursts.send)) / bursts.count


def cost(work: Callable[[], None]) -> float:
    """CPU seconds each time."""
    began, times = time.process_time(), 0
    while (spent := time.process_time() - began) < SECONDS:
        work()
        times += 1
    return spent / times


def main() -> None:
    os.sched_setaffinity(0, {0})
    print(limit(*map(int, sys.argv[1:3])))


if __name__ == "__main__":
    main()
