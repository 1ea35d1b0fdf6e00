"""What C wrote leaves as Python's own would: together, in order, once, or counted."""

import contextlib
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from relay import native, udp
from relay.batches import Target
from relay.native import Library, Outbox
from relay.rewriting import Segment
from relay.udp import Wire
from tests.relay.keys import PROFILES, keys_of
from tests.relay.packets import normalised
from tests.relay.peers import Nobody


class Reader:
    """Somebody copies are for, at an address of its own or at the other end of a pipe."""

    def __init__(self, number: int, sock: socket.socket, *, piped: bool = False) -> None:
        self._sock, self.keys = sock, keys_of(PROFILES[0], number)
        self._copies = native.Copies(4711)
        self._segment = Segment(None, 0, 0, 0, 0, 0)
        self._target: Any = SimpleNamespace(size=0, name=b"") if piped else Target(sock.getsockname())

    @property
    def copy(self) -> Any:
        return self._copies.made(self._segment, self._target, self.keys)

    def hears(self) -> list[tuple[int, int]]:
        """How many bytes each time, cut how."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                data, control, *_ = self._sock.recvmsg(65535, socket.CMSG_SPACE(4))
                found.append((len(data), int.from_bytes(control[0][2], "little") if control else len(data)))
        return found


class Letters:
    def __init__(self, library: Library) -> None:
        self._library, self._index = library, 0

    def write(self, outbox: Outbox, readers: list[Reader], *sizes: int) -> None:
        """Each a datagram so long, with what encryption adds."""
        packets = []
        for size in sizes:
            self._index += 1
            packets.append(normalised(bytes(size - 12 - 16), self._index, codec="opus"))
        self._library.burst(packets)
        outbox.write([one.copy for one in readers], len(sizes))


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    """The first sends; the others are told what the kernel was to cut (UDP_GRO)."""
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(udp.bound("127.0.0.1", 0)) for _ in range(3)]
        for one in made[1:]:
            one.setsockopt(socket.IPPROTO_UDP, 104, 1)
        yield made


@pytest.fixture
def pipe() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Unlike sockets of the loopback interface it takes no more when nobody reads."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for end in ends:
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    with ends[0], ends[1]:
        yield ends


def test_what_is_for_one_goes_as_one_and_is_of_one_size_but_the_last(library: Library, sockets: list[socket.socket]):
    outbox, letters = Outbox(library, sockets[0].fileno(), 64, plain=False), Letters(library)
    one, two = (Reader(number, sock) for number, sock in enumerate(sockets[1:]))
    letters.write(outbox, [one, two], 90, 90, 90)
    letters.write(outbox, [two], 50, 70)
    letters.write(outbox, [two, one], 90)
    letters.write(outbox, [one], 100, *[100] * (native.READS - 1))
    assert outbox.send()
    assert one.hears() == [(360, 90), (1600, 100), (1600, 100), (1600, 100), (1600, 100)]
    assert two.hears() == [(320, 90), (70, 70), (90, 90)]
    assert outbox.counted() == (4 + 64 + 4 + 1 + 1, 360 + 6400 + 320 + 70 + 90, 0, 0)
    assert outbox.counted() == (0, 0, 0, 0)


@pytest.mark.parametrize(("plain", "sizes"), [(True, [60] * 20 + [*range(70, 90)]), (False, [*range(50, 90)])])
def test_what_a_socket_does_not_take_waits_and_nothing_of_it_comes_twice(
    library: Library, pipe: Any, *, plain: bool, sizes: list[int]
):
    outbox, letters = Outbox(library, pipe[0].fileno(), 64, plain=plain), Letters(library)
    reader, heard = Reader(1, pipe[1], piped=True), []
    letters.write(outbox, [reader], *sizes)
    assert not outbox.send() and outbox.waiting
    while not outbox.send():
        assert (came := reader.hears())
        heard += came
    heard += reader.hears()
    assert [size for size, _ in heard] == sizes
    assert outbox.counted() == (40, sum(size for size, _ in heard), 0, 0)


def test_while_a_socket_takes_no_more_what_has_no_room_is_dropped_and_counted(library: Library, pipe: Any):
    outbox, letters = Outbox(library, pipe[0].fileno(), 3, plain=True), Letters(library)
    reader = Reader(1, pipe[1], piped=True)
    letters.write(outbox, [reader], *[60] * 20)
    assert not outbox.send()
    letters.write(outbox, [reader], 70, 80, 90, 100)
    came = [size for size, _ in reader.hears()]
    while not outbox.send():
        came += [size for size, _ in reader.hears()]
    came += [size for size, _ in reader.hears()]
    assert came == [*[60] * 20, 70]
    assert outbox.counted()[3] == 3


def test_where_the_kernel_does_not_cut_it_is_cut_here(library: Library, sockets: list[socket.socket]):
    no_checksums = 11
    sockets[0].setsockopt(socket.SOL_SOCKET, no_checksums, 1)  # then it refuses segments
    outbox, letters = Outbox(library, sockets[0].fileno(), 64, plain=False), Letters(library)
    reader = Reader(1, sockets[1])
    letters.write(outbox, [reader], 90, 90, 50)
    assert outbox.send()
    assert reader.hears() == [(90, 90), (90, 90), (50, 50)]


def test_who_cannot_be_reached_harms_nobody(library: Library, sockets: list[socket.socket]):
    outbox, letters = Outbox(library, sockets[0].fileno(), 64, plain=False), Letters(library)
    reader, nobody = Reader(1, sockets[1]), Reader(2, sockets[2])
    nobody._target = Target(("255.255.255.255", 9))
    letters.write(outbox, [nobody, reader, nobody], 90, 90)
    assert outbox.send()
    assert reader.hears() == [(180, 90)]
    assert outbox.counted() == (2, 180, 1, 0)


@pytest.mark.parametrize("blocks", [5, 64])
async def test_many_receivers_get_a_burst_in_several_goes(
    monkeypatch: pytest.MonkeyPatch, library: Library, sockets: list[socket.socket], blocks: int
):
    monkeypatch.setattr(native, "TOGETHER", 2)
    wire = Wire(udp.bound("127.0.0.1", 0), Nobody(), lambda: None, blocks=blocks)
    readers = [Reader(number, sockets[1]) for number in range(20)]
    burst = library.burst([normalised(bytes(100), n, codec="opus") for n in range(1, 6)])
    wire.write(library, [reader.copy for reader in readers], len(burst), urgent=False)
    wire.close()
    assert sum(size // cut for size, cut in readers[0].hears()) == 100
    assert wire.counts["packets_out"] == 100


def test_after_the_end_nothing_goes_through_what_has_the_number_of_the_socket(
    library: Library, sockets: list[socket.socket]
):
    outbox, letters = Outbox(library, sockets[0].fileno(), 64, plain=False), Letters(library)
    reader = Reader(1, sockets[1])
    letters.write(outbox, [reader], 90, 90)
    outbox.close()
    assert outbox.send()
    assert reader.hears() == []
    assert outbox.counted() == (0, 0, 1, 0)
