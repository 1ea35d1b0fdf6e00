"""Many datagrams in one call: sendmmsg with segmentation by the kernel, through cffi's ABI mode, or plainly one by one.

A sender is handed runs and says how many of them are gone; -1 when the socket takes no more for now.
"""

import errno
import socket
import struct
from typing import Any, Protocol

import cffi

ffi: Any = cffi.FFI()
ffi.cdef("""
struct iovec { void *base; size_t length; };
struct msghdr { void *name; unsigned int name_length; struct iovec *parts; size_t part_count;
                void *control; size_t control_length; int flags; };
struct mmsghdr { struct msghdr header; unsigned int sent; };
int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
""")

MESSAGES = 64  # in one call
SEGMENTS = 16  # in one message: longer runs would leave a network card as one burst
UDP_SEGMENT = 103
CONTROL = 24  # a control message with one short in it, aligned
TRY_LATER = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS}
NO_SEGMENTS = {errno.EIO, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOPROTOOPT}

Address = tuple[Any, ...]


class Target:
    """Where datagrams go, in the form the kernel wants it."""

    __slots__ = ("address", "name", "size")

    def __init__(self, address: Address) -> None:
        self.address = address
        host, port = address[0], address[1]
        if ":" in host:
            packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
            scope = address[3] if len(address) > 3 else 0
            raw = struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0) + packed + struct.pack("=I", scope)
        else:
            raw = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton(host))
        self.name = ffi.new("char[]", raw)
        self.size = len(raw)


class Item:
    """One datagram in the memory of the socket."""

    __slots__ = ("length", "offset", "target")

    def __init__(self, target: Target, offset: int, length: int) -> None:
        self.target = target
        self.offset = offset
        self.length = length


Run = list[Item]


def runs(items: list[Item], longest: int) -> list[Run]:
    """For one target each, of equal size but the last; in the order they were queued for that target."""
    ordered: list[Run] = []
    growing: dict[Target, Run] = {}
    for item in items:
        run = growing.get(item.target)
        if run is None or len(run) >= longest or item.length > run[0].length:
            run = growing[item.target] = []
            ordered.append(run)
        run.append(item)
        if item.length < run[0].length:
            del growing[item.target]
    return ordered


class Sender(Protocol):
    longest: int

    def send(self, batch: list[Run]) -> int: ...


class Refused(Exception):
    """The first run of a batch can't be sent; it will not be later either."""


class Plain:
    """Works everywhere."""

    longest = 1

    def __init__(self, sock: socket.socket, memory: Any) -> None:
        self._sock = sock
        self._view = memoryview(ffi.buffer(memory))

    def send(self, batch: list[Run]) -> int:
        for done, run in enumerate(batch):
            item = run[0]
            try:
                self._sock.sendto(self._view[item.offset : item.offset + item.length], item.target.address)
            except OSError as error:
                if done:
                    return done
                if error.errno in TRY_LATER:
                    return -1
                raise Refused from error
        return len(batch)


class Batched:
    """One system call for many targets, one pass through the kernel's stack for many datagrams."""

    def __init__(self, sock: socket.socket, memory: Any) -> None:
        self._library = ffi.dlopen(None)
        self._call = self._library.sendmmsg  # AttributeError where there is none
        self._sock = sock
        self._memory = memory
        self.longest = SEGMENTS if _segments(sock) else 1
        self._messages = ffi.new("struct mmsghdr[]", MESSAGES)
        self._parts = ffi.new("struct iovec[]", MESSAGES * SEGMENTS)
        self._controls = ffi.new("char[]", MESSAGES * CONTROL)
        self._sizes = memoryview(ffi.buffer(self._controls))
        for at in range(MESSAGES):
            struct.pack_into("=Qii", self._sizes, at * CONTROL, 18, socket.IPPROTO_UDP, UDP_SEGMENT)

    def send(self, batch: list[Run]) -> int:
        batch = batch[:MESSAGES]
        for at, run in enumerate(batch):
            self._describe(at, run)
        sent: int = self._call(self._sock.fileno(), self._messages, len(batch), 0)
        if sent >= 0:
            return sent
        if ffi.errno in TRY_LATER:
            return -1
        if len(batch[0]) > 1 and ffi.errno in NO_SEGMENTS:
            self.longest = 1  # this way out can't: never again on this socket
            return 0
        raise Refused

    def _describe(self, at: int, run: Run) -> None:
        header = self._messages[at].header
        parts, memory = self._parts + at * SEGMENTS, self._memory
        header.name, header.name_length = run[0].target.name, run[0].target.size
        header.parts, header.part_count = parts, len(run)
        for index, item in enumerate(run):
            part = parts[index]
            part.base, part.length = memory + item.offset, item.length
        if len(run) > 1:
            struct.pack_into("=H", self._sizes, at * CONTROL + 16, run[0].length)
            header.control, header.control_length = self._controls + at * CONTROL, CONTROL
        else:
            header.control, header.control_length = ffi.NULL, 0


def _segments(sock: socket.socket) -> bool:
    try:
        sock.getsockopt(socket.IPPROTO_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True


def best(sock: socket.socket, memory: Any) -> Sender:
    try:
        return Batched(sock, memory)
    except (OSError, AttributeError):
        return Plain(sock, memory)
