"""One UDP socket for everybody: read until nothing is left, send in batches. Errors are counted, never raised.

What waits to be sent lives in one piece of memory of fixed size. When it is full, video makes room for everything else.
"""

import asyncio
import contextlib
import errno
import socket
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from relay.batches import Address, Item, Refused, Run, Sender, Target, best, ffi, runs

LARGEST = 2048  # datagrams longer than this are no media
READS = 64  # in one go, then others get their turn
ROOM = 1664  # an Ethernet frame and what SRTP adds
PLACES = 4096
BUFFER = 4 * 1024 * 1024

Handler = Callable[["Wire", Address, int], None]


class Wire:
    def __init__(self, sock: socket.socket, handler: Handler, places: int = PLACES) -> None:
        self.counts: Counter[str] = Counter()
        self.inbox: Any = ffi.new("char[]", LARGEST)
        self.inbox_view = memoryview(ffi.buffer(self.inbox)).cast("B")
        self.memory: Any = ffi.new("char[]", places * ROOM)
        self.view = memoryview(ffi.buffer(self.memory)).cast("B")
        self.sender: Sender = best(sock, self.memory)
        self._sock = sock
        self._handler = handler
        self._free = [place * ROOM for place in range(places)]
        self._urgent: deque[Item] = deque()
        self._video: deque[Item] = deque()
        self._loop = asyncio.get_running_loop()
        self._blocked = self._flushing = False
        self._loop.add_reader(sock.fileno(), self._drain)

    @property
    def address(self) -> Address:
        name: Address = self._sock.getsockname()
        return name

    # Receiving

    def _drain(self) -> None:
        self._flushing = True  # once at the end, not for each
        try:
            for _ in range(READS):
                if not self._receive():
                    break
        finally:
            self._flush()

    def _receive(self) -> bool:
        try:
            length, address = self._sock.recvfrom_into(self.inbox_view)
        except BlockingIOError:
            return False
        except OSError:
            self.counts["receive_errors"] += 1
            return False
        self.counts["packets_in"] += 1
        self.counts["bytes_in"] += length
        if 0 < length < LARGEST:
            self._handler(self, address, length)
        else:
            self.counts["odd_sizes"] += 1
        return True

    # Sending

    def place(self, *, urgent: bool) -> int | None:
        """Where one datagram of up to ROOM bytes may be written; hand it back by queue() or release()."""
        if self._free:
            return self._free.pop()
        if urgent and self._video:
            self.counts["dropped_video"] += 1
            return self._video.popleft().offset
        self.counts["dropped_urgent" if urgent else "dropped_video"] += 1
        return None

    def release(self, offset: int) -> None:
        self._free.append(offset)

    def queue(self, target: Target, offset: int, length: int, *, urgent: bool) -> None:
        (self._urgent if urgent else self._video).append(Item(target, offset, length))
        if not self._flushing and not self._blocked:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def send(self, target: Target, data: bytes) -> None:
        """Something small that is not video."""
        if len(data) > ROOM or (offset := self.place(urgent=True)) is None:
            return
        self.view[offset : offset + len(data)] = data
        self.queue(target, offset, len(data), urgent=True)

    def _flush(self) -> None:
        self._flushing = False
        if self._blocked:
            return
        for queue in (self._urgent, self._video):
            while queue:
                if not self._send_some(queue):
                    self._wait_for_room()
                    return

    def _send_some(self, queue: deque[Item]) -> bool:
        """False when the socket takes no more for now."""
        waiting = [queue.popleft() for _ in range(min(len(queue), 256))]
        todo = runs(waiting, self.sender.longest)
        while todo:
            try:
                sent = self.sender.send(todo)
            except Refused:
                self.counts["send_errors"] += 1
                self._release(todo.pop(0))
                continue
            if sent < 0:
                break
            if sent == 0:  # segments are refused here: cut anew
                todo = [[item] for run in todo for item in run]
                continue
            for run in todo[:sent]:
                self.counts["packets_out"] += len(run)
                self.counts["bytes_out"] += sum(item.length for item in run)
                self._release(run)
            del todo[:sent]
        queue.extendleft(reversed([item for run in todo for item in run]))
        return not todo

    def _release(self, run: Run) -> None:
        self._free.extend(item.offset for item in run)

    def _wait_for_room(self) -> None:
        self._blocked = True
        self.counts["blocked"] += 1
        self._loop.add_writer(self._sock.fileno(), self._unblock)

    def _unblock(self) -> None:
        self._blocked = False
        self._loop.remove_writer(self._sock.fileno())
        self._flush()

    def close(self) -> None:
        self._flush()
        self._loop.remove_reader(self._sock.fileno())
        self._loop.remove_writer(self._sock.fileno())
        self._sock.close()


def bound(host: str, port: int) -> socket.socket:
    """On the announced address where it is ours, on every address where it is somebody else's (a NAT's)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    try:
        sock.bind((host, port))
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            sock.close()
            raise
        sock.bind(("::" if family == socket.AF_INET6 else "", port))
    return sock
