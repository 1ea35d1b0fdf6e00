"""One UDP socket for everybody: read until nothing is left, send in batches. Errors are counted, never raised.

What waits to be sent lives in one piece of memory of fixed size, a block for each run. When none is free, video makes
room for everything else.
"""

import asyncio
import contextlib
import errno
import socket
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from relay import native
from relay.batches import (
    BLOCK,
    ROOM,
    SEGMENTS,
    SPARE,
    Address,
    Plain,
    Refused,
    Run,
    Sender,
    Target,
    Unsegmented,
    best,
    ffi,
)
from relay.native import Library, Outbox, Train

LARGEST = native.DATAGRAM  # datagrams longer than this are no media
READS = native.READS  # in one go, then others get their turn
PAUSE = 0.002  # seconds between two looks at a socket on which much arrives, like the coalescing of network cards
PLENTY = 32  # packets at once are worth a wake-up; more are not waited for
SMOOTH = 16  # wake-ups
TOGETHER = 0.0005  # seconds: one burst may wake several times
BLOCKS = 1024
BUFFER = 4 * 1024 * 1024


class Handler(Protocol):
    def datagram(self, wire: "Wire", address: Address, length: int) -> None:
        """One came; it is in `wire.inbox`."""

    def media(self, wire: "Wire", train: Train) -> bool:
        """Whether these were taken; False: each comes as a datagram, as it is."""


class Wire:
    """`handled` is called when nothing more came for now."""

    def __init__(
        self, sock: socket.socket, handler: Handler, handled: Callable[[], None], blocks: int = BLOCKS
    ) -> None:
        self._counts: Counter[str] = Counter()
        self.inbox: Any = ffi.new("char[]", LARGEST)
        self.inbox_view = memoryview(ffi.buffer(self.inbox)).cast("B")
        self.memory: Any = ffi.new("char[]", blocks * BLOCK)
        self.view = memoryview(ffi.buffer(self.memory)).cast("B")
        self.sender: Sender = best(sock, self.memory)
        self._sock = sock
        self._handler, self._handled = handler, handled
        self._blocks = blocks
        self._free = [block * BLOCK for block in range(blocks)]
        self._urgent: deque[Run] = deque()
        self._video: deque[Run] = deque()
        self._growing: tuple[dict[Target, Run], dict[Target, Run]] = {}, {}  # of video, of what is urgent
        self._outboxes: list[Outbox | None] = [None, None]  # the same
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time()  # when what is handled now was read
        self._woke = self.now
        self._gap = SMOOTH * PAUSE  # seconds between two wake-ups, lately
        self._polling: asyncio.TimerHandle | None = None
        self._blocked = self._flushing = False
        self._loop.add_reader(sock.fileno(), self._wake)

    @property
    def counts(self) -> Counter[str]:
        for outbox, dropped in zip(self._outboxes, ("dropped_video", "dropped_urgent"), strict=True):
            if outbox:
                names = "packets_out", "bytes_out", "send_errors", dropped
                self._counts.update(dict(zip(names, outbox.counted(), strict=True)))
        return self._counts

    @property
    def address(self) -> Address:
        name: Address = self._sock.getsockname()
        return name

    # Receiving

    def _wake(self) -> None:
        found = self._drain()
        if (gap := self.now - self._woke) > TOGETHER:
            self._gap += (min(gap, SMOOTH * PAUSE) - self._gap) / SMOOTH
            self._woke = self.now
        if self._gap < PAUSE and found < PLENTY:
            self._loop.remove_reader(self._sock.fileno())
            self._polling = self._loop.call_later(PAUSE, self._poll)

    def _poll(self) -> None:
        self._polling, found = None, 0
        try:
            found = self._drain()
        finally:
            if 0 < found < PLENTY:
                self._polling = self._loop.call_later(PAUSE, self._poll)
            else:
                self._woke = self.now
                self._loop.add_reader(self._sock.fileno(), self._wake)

    def _drain(self) -> int:
        """How many datagrams there were."""
        self._flushing = True  # once at the end, not for each
        self.now = self._loop.time()
        try:
            found = self._receive()
            self._handled()
        finally:
            self._flush()
        return found

    def _receive(self) -> int:
        before = self._counts["packets_in"]
        try:
            if native.library:
                self._receive_trains(native.library)
            else:
                self._receive_each()
        except BlockingIOError:
            pass
        except OSError:
            self._counts["receive_errors"] += 1
        return self._counts["packets_in"] - before

    def _receive_each(self) -> None:
        receive, inbox = self._sock.recvfrom_into, self.inbox_view
        packets = size = 0
        try:
            for _ in range(READS):
                length, address = receive(inbox)
                packets, size = packets + 1, size + length
                self._handle(address, length)
        finally:
            self._count(packets, size)

    def _receive_trains(self, library: Library) -> None:
        for train in library.read(self._sock.fileno()):
            self._count(train.count, train.size)
            if not (train.source and self._took(train)):
                for data in train.datagrams():
                    self.inbox_view[: len(data)] = data
                    self._handle(train.address, len(data))

    def _count(self, packets: int, size: int) -> None:
        self._counts["packets_in"] += packets
        self._counts["bytes_in"] += size

    def _took(self, train: Train) -> bool:
        try:
            return self._handler.media(self, train)
        except Exception as error:  # noqa: BLE001 - as of `_handle`
            self._trouble(error)
            return True

    def _handle(self, address: Address, length: int) -> None:
        if not 0 < length < LARGEST:
            self._counts["odd_sizes"] += 1
            return
        try:
            self._handler.datagram(self, address, length)
        except Exception as error:  # noqa: BLE001 - what comes behind it is of others
            self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        self._loop.call_exception_handler({"message": "What came in was not understood", "exception": error})

    # Sending

    @property
    def is_blocked(self) -> bool:
        """Whether the socket takes no more for now."""
        return self._blocked

    def place(self, target: Target, length: int, *, urgent: bool) -> Run | None:
        """Where a datagram of `length` bytes, at most ROOM, may be written: at the run's end; then the run must grow.

        None: it is lost, like anything the network drops.
        """
        run = self._growing[urgent].get(target)
        if run is not None and length <= run.segment and run.end + length <= run.limit:
            return run
        return self._begin(target, length, urgent)

    def _begin(self, target: Target, length: int, urgent: bool) -> Run | None:
        if not self._free:
            self._make_room()
        if not self._free and not (urgent and self._video):
            self._counts["dropped_urgent" if urgent else "dropped_video"] += 1
            return None
        if not self._free:
            dropped = self._video.popleft()
            self._counts["dropped_video"] += dropped.count
            self._release(dropped)
        start = self._free.pop()
        run = Run(target, start, length, start + min(BLOCK - SPARE, SEGMENTS * length))
        self._growing[urgent][target] = run
        (self._urgent if urgent else self._video).append(run)
        self._flush_soon()
        return run

    def _flush_soon(self) -> None:
        if not self._flushing and not self._blocked:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def write(self, library: Library, copies: Sequence[Any], count: int, *, urgent: bool) -> None:
        """The burst that C has, `count` packets, for each of these receivers; behind what waits for them already."""
        outbox = self._outboxes[urgent]
        if outbox is None:
            outbox = self._outboxes[urgent] = self._new_outbox(library)
        self._flush_soon()
        if self._urgent if urgent else self._video:
            self._make_room()
        at = 0
        while at < len(copies):
            if not outbox.room_for(count):
                self._make_room()
            some = max(1, outbox.room_for(count))
            outbox.write(copies[at : at + some], count)
            at += some

    def _new_outbox(self, library: Library) -> Outbox:
        return Outbox(library, self._sock.fileno(), self._blocks, plain=isinstance(self.sender, Plain))

    def _make_room(self) -> None:
        if not self._blocked:
            self._send_all()

    def send(self, target: Target, data: bytes) -> None:
        """Something small that is not video."""
        if len(data) > ROOM or (run := self.place(target, len(data), urgent=True)) is None:
            return
        self.view[run.end : run.end + len(data)] = data
        run.grow(len(data))

    def _flush(self) -> None:
        self._flushing = False
        if not self._blocked:
            self._send_all()

    def _send_all(self) -> None:
        if self._send(urgent=True):
            self._send(urgent=False)

    def _send(self, *, urgent: bool) -> bool:
        """False when the socket takes no more for now. What C wrote is older than what waits here."""
        queue = self._urgent if urgent else self._video
        outbox = self._outboxes[urgent]
        if outbox and outbox.waiting and not outbox.send():
            self._wait_for_room()
            return False
        while queue:
            if not self._send_some(queue):
                self._wait_for_room()
                return False
        self._growing[urgent].clear()
        return True

    def _send_some(self, queue: deque[Run]) -> bool:
        """False when the socket takes no more for now."""
        while queue and not queue[0].count:
            self._release(queue.popleft())
        try:
            gone = self.sender.send(queue) if queue else 0
        except Unsegmented:
            self.sender = Plain(self._sock, self.memory)
            return True
        except Refused:
            self._counts["send_errors"] += 1
            self._release(queue.popleft())
            return True
        packets = size = 0
        for _ in range(gone):
            run = queue.popleft()
            packets, size = packets + run.count, size + run.end - run.block
            self._release(run)
        self._counts["packets_out"] += packets
        self._counts["bytes_out"] += size
        return gone >= 0

    def _release(self, run: Run) -> None:
        run.limit = 0
        self._free.append(run.block)

    def _wait_for_room(self) -> None:
        self._blocked = True
        self._counts["blocked"] += 1
        self._loop.add_writer(self._sock.fileno(), self._unblock)

    def _unblock(self) -> None:
        self._blocked = False
        self._loop.remove_writer(self._sock.fileno())
        self._flush()

    def close(self) -> None:
        self._flush()
        if self._polling:
            self._polling.cancel()
        self._loop.remove_reader(self._sock.fileno())
        self._loop.remove_writer(self._sock.fileno())
        for outbox in filter(None, self._outboxes):
            outbox.close()
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
