"""Many datagrams in one call: sendmmsg with segmentation by the kernel, through cffi's ABI mode, or plainly one by one.

Datagrams for one target lie one behind the other in memory, a run, which the kernel cuts into equal segments.
"""

import errno
import socket
from collections.abc import Sequence
from itertools import islice
from struct import Struct
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
ROOM = 1664  # an Ethernet frame and what SRTP adds
SPARE = 144  # what the cipher may write behind a datagram
BLOCK = 8 * ROOM  # of memory for a run
UDP_SEGMENT = 103
CONTROL = 24  # a control message with one short in it, aligned
TRY_LATER = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS}
NO_SEGMENTS = {errno.EIO, errno.EOPNOTSUPP, errno.ENOPROTOOPT}
TOO_LARGE = {errno.EMSGSIZE, errno.EINVAL}  # segments for the way to one target, which fragments are not

Address = tuple[Any, ...]

_FAMILY, _IPV4, _IPV6 = Struct("=H"), Struct("=H2x"), Struct("=H2xI16sI")
_MESSAGE, _NAME, _PART = Struct("=QI4xQQQQi4xI4x"), Struct("=QI"), Struct("=QQ")
_LENGTH, _CONTROL, _SEGMENT = Struct("=Q"), Struct("=Qii"), Struct("=H")
_CONTROL_LENGTH_AT = 40  # in a message


class Target:
    """Where datagrams go, in the form the kernel wants it."""

    __slots__ = ("_name", "address", "name", "pointer", "size")

    def __init__(self, address: Address) -> None:
        self.address = address
        host, port = address[0], address[1]
        if ":" in host:
            packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
            raw = bytearray(_IPV6.pack(socket.AF_INET6, 0, packed, address[3] if len(address) > 3 else 0))
        else:
            raw = bytearray(_IPV4.pack(socket.AF_INET) + socket.inet_aton(host) + bytes(8))
        raw[2:4] = port.to_bytes(2, "big")
        self.name = bytes(raw)
        self._name = ffi.new("char[]", self.name)
        self.pointer = address_of(self._name)
        self.size = len(raw)


class Run:
    """Datagrams for one target: `count` of `segment` bytes, the last one perhaps shorter, from `start` to `end`.

    `limit`: nothing is added beyond it; 0 once nothing is to be added at all. `block`: where the first of them began.
    """

    __slots__ = ("block", "count", "end", "limit", "segment", "start", "target")

    def __init__(self, target: Target, start: int, segment: int, limit: int) -> None:
        self.target = target
        self.block = self.start = self.end = start
        self.segment = segment
        self.limit = limit
        self.count = 0

    def grow(self, length: int) -> None:
        """A datagram was written at `end`, as long as was said when its place was asked for."""
        self.end += length
        self.count += 1
        if length != self.segment:
            self.limit = 0


class Sender(Protocol):
    def send(self, runs: Sequence[Run]) -> int:
        """How many of the first are gone wholly; -1 when the socket takes no more for now. The first is not empty."""


class Refused(Exception):
    """The first run can't be sent; it will not be later either."""


class Unsegmented(Exception):
    """This way out takes no segments, nor will it later."""


class Plain:
    """Works everywhere."""

    def __init__(self, sock: socket.socket, memory: Any) -> None:
        self._sock = sock
        self._view = memoryview(ffi.buffer(memory))

    def send(self, runs: Sequence[Run]) -> int:
        for done, run in enumerate(runs):
            try:
                self._send(run)
            except OSError as error:
                if done:
                    return done
                if error.errno in TRY_LATER:
                    return -1
                raise Refused from error
        return len(runs)

    def _send(self, run: Run) -> None:
        while run.start < run.end:
            after = min(run.start + run.segment, run.end)
            self._sock.sendto(self._view[run.start : after], run.target.address)
            run.start = after


class Batched:
    """One system call for many targets, one pass through the kernel's stack for many datagrams."""

    def __init__(self, sock: socket.socket, memory: Any) -> None:
        sock.getsockopt(socket.IPPROTO_UDP, UDP_SEGMENT)  # OSError where there is none
        self._library = ffi.dlopen(None)
        self._call = self._library.sendmmsg  # AttributeError where there is none
        self._sock = sock
        self._plain = Plain(sock, memory)
        self._memory = address_of(memory)
        self._messages = ffi.new("struct mmsghdr[]", MESSAGES)
        if ffi.sizeof(self._messages) != MESSAGES * _MESSAGE.size:
            raise OSError("this system's structures are other ones")
        self._parts = ffi.new("struct iovec[]", MESSAGES)
        self._controls = ffi.new("char[]", MESSAGES * CONTROL)
        views = [memoryview(ffi.buffer(one)).cast("B") for one in (self._messages, self._parts, self._controls)]
        self._of_messages, self._of_parts, self._of_controls = views
        for at in range(MESSAGES):
            part, control = address_of(self._parts + at), address_of(self._controls + at * CONTROL)
            _MESSAGE.pack_into(self._of_messages, at * _MESSAGE.size, 0, 0, part, 1, control, 0, 0, 0)
            _CONTROL.pack_into(self._of_controls, at * CONTROL, 18, socket.IPPROTO_UDP, UDP_SEGMENT)

    def send(self, runs: Sequence[Run]) -> int:
        count = 0
        for run in islice(runs, MESSAGES):
            if not run.count:
                break
            self._describe(count, run)
            count += 1
        sent: int = self._call(self._sock.fileno(), self._messages, count, 0)
        if sent >= 0:
            return sent
        if ffi.errno in TRY_LATER:
            return -1
        if runs[0].count > 1 and ffi.errno in NO_SEGMENTS:
            raise Unsegmented
        if runs[0].count > 1 and ffi.errno in TOO_LARGE:
            return self._plain.send([runs[0]])
        raise Refused

    def _describe(self, number: int, run: Run) -> None:
        at, target = number * _MESSAGE.size, run.target
        _NAME.pack_into(self._of_messages, at, target.pointer, target.size)
        _PART.pack_into(self._of_parts, number * _PART.size, self._memory + run.start, run.end - run.start)
        if run.count > 1:
            _SEGMENT.pack_into(self._of_controls, number * CONTROL + 16, run.segment)
            _LENGTH.pack_into(self._of_messages, at + _CONTROL_LENGTH_AT, CONTROL)
        else:
            _LENGTH.pack_into(self._of_messages, at + _CONTROL_LENGTH_AT, 0)


def address_in(name: bytes) -> Address:
    """As Python's sockets say it; `name` as the kernel does, a sockaddr."""
    (family,) = _FAMILY.unpack_from(name)
    port = int.from_bytes(name[2:4], "big")
    if family == socket.AF_INET6:
        _, flow, packed, scope = _IPV6.unpack_from(name)
        return socket.inet_ntop(family, packed), port, socket.ntohl(flow), scope
    return socket.inet_ntop(family, name[4:8]), port


def address_of(pointer: Any) -> int:
    return int(ffi.cast("uintptr_t", pointer))


def best(sock: socket.socket, memory: Any) -> Sender:
    try:
        return Batched(sock, memory)
    except (OSError, AttributeError):
        return Plain(sock, memory)
