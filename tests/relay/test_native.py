"""What C makes of a burst is what Python makes of it, to the byte; and without it nothing is missing."""

import asyncio
import contextlib
import errno
import logging
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from relay import native, udp
from relay.batches import Target
from relay.native import Library
from relay.publication import Layer, Publication
from relay.rtp import Normalised
from relay.subscription import Subscription
from relay.udp import Wire
from tests.relay.keys import PROFILES, keys_of
from tests.relay.packets import normalised, vp8
from tests.relay.peers import Nobody, until


class Watcher:
    """One receiver of a source, and what is on its wire; the same for the same seed."""

    def __init__(self, source: str, profile: tuple[int, int, int], seed: int) -> None:
        self.wire = Wire(udp.bound("127.0.0.1", 0), Nobody(), lambda: None, blocks=native.READS)
        self.there = udp.bound("127.0.0.1", 0)
        self.heard: list[bytes] = []
        self.keys = keys_of(profile)
        self.bytes = 0
        self.publication = Publication("alice", source, "audio" if "phone" in source else "video", lambda *_: True)
        self.publication.describe("opus" if "phone" in source else "vp8", ())
        self.subscription = Subscription(self.publication, self, 4711, Random(seed))  # type: ignore[arg-type]
        self.subscription.aim(self.layer)
        self.target = Target(self.there.getsockname())
        self.port = SimpleNamespace(now=lambda: 0.0, counts=Counter())

    @property
    def layer(self) -> Layer:
        return self.publication.layers[0]

    def sent(self, length: int, now: float, *, urgent: bool) -> None:
        self.bytes += length

    def choose_soon(self) -> None:
        pass

    def take(self, packets: list[Normalised]) -> None:
        self.layer.fresh = list(packets)
        self.layer.deliver()
        self.wire._flush()
        self.listen()

    def listen(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self.heard.append(self.there.recv(2000))

    def everything(self) -> dict[str, Any]:
        rewriter = self.subscription.rewriter
        return {
            "heard": self.heard,
            "counts": self.wire.counts,
            "bytes": self.bytes,
            "numbers": (rewriter.packets, rewriter.octets, rewriter.switches, rewriter._highest),
        }

    def close(self) -> None:
        self.wire.close()
        self.there.close()


def packets_of(source: str, random: Random) -> list[list[Normalised]]:
    """Bursts as they come over a bad way: of all sizes, with holes, now and then out of order, with new pictures."""
    index, bursts = random.choice([100, 65500]), []
    for number in range(random.randrange(2, 12)):
        burst = []
        for _ in range(random.choice([1, 3, 10, 40])):
            index += random.choice([1, 1, 1, 1, 2, 40])
            size = random.choice([1150, 1150, 1150, random.randrange(1, 1400)])
            key = not burst and random.random() < (0.3 if number else 1)
            if "phone" in source:
                burst.append(normalised(bytes(size), index, timestamp=index * 960, codec="opus", level=30))
            else:
                payload = vp8(index & 0x7FFF, index & 0xFF, key=key, body=random.randbytes(size))
                plain = not key and random.random() < 0.1
                payload = b"\x10" + payload[7:] if plain else payload
                burst.append(normalised(payload, index, timestamp=index * 3000 & 0xFFFFFFFF))
        index += 5000 if random.random() < 0.1 else 0
        if bursts and random.random() < 0.2:
            random.shuffle(burst)
        if bursts and len(bursts[-1]) > 1 and random.random() < 0.3:
            burst.append(bursts[-1].pop())
        bursts.insert(-1 if len(bursts) > 1 and random.random() < 0.2 else len(bursts), burst)
    return bursts


@pytest.fixture
async def pair() -> AsyncIterator[Any]:
    made: list[Watcher] = []

    def both(source: str, seed: int) -> list[Watcher]:
        made.extend(Watcher(source, PROFILES[seed % 2], seed) for _ in range(2))
        return made[-2:]

    yield both
    for watcher in made:
        watcher.close()


@pytest.mark.parametrize("source", ["camera", "microphone"])
@pytest.mark.parametrize("seed", range(40))
async def test_both_ways_give_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, library: Library, pair: Any, seed: int, source: str
):
    random = Random(seed)
    python, c = pair(source, seed)
    for burst in packets_of(source, random):
        pause, renewed = random.random() < 0.15, random.random() < 0.15
        for watcher, using in ((python, None), (c, library)):
            monkeypatch.setattr(native, "library", using)
            watcher.take(burst)
            if renewed:  # as by a page that begins anew
                watcher.keys = keys_of(PROFILES[seed % 2], 1)
            if pause:  # the next key frame begins a new segment, with other constants
                watcher.subscription.aim(None)
                watcher.subscription.aim(watcher.layer)
        assert c.everything() == python.everything()
    assert python.bytes > 0


async def test_a_burst_in_order_is_left_to_c_and_no_other(monkeypatch: pytest.MonkeyPatch, library: Library, pair: Any):
    calls, real = [], library.pass_on
    monkeypatch.setattr(native, "library", library)
    monkeypatch.setattr(library, "pass_on", lambda *given: calls.append(given) or real(*given))
    watcher = pair("camera", 1)[0]
    first, *rest = [normalised(vp8(n, n, key=n == 1), n) for n in range(1, 80)]
    watcher.take([first])
    watcher.take(rest[1:3][::-1])
    watcher.take(rest[3:70])
    assert calls == []
    watcher.take(rest[70:75])
    assert len(calls) == 1


async def test_what_cannot_be_encrypted_is_left_out_and_the_rest_goes(
    monkeypatch: pytest.MonkeyPatch, library: Library, pair: Any
):
    python, c = pair("camera", 0)
    packets = [normalised(vp8(n, n, key=n == 1, body=bytes(n)), n) for n in range(1, 9)]
    for watcher, using in ((python, None), (c, library)):
        monkeypatch.setattr(native, "library", using)
        watcher.take(packets[:1])
        again, watcher.subscription.rewriter._highest = watcher.subscription.rewriter._highest, 0
        watcher.take([*packets[:1], *packets[2:]])  # a number that was encrypted before is refused
        assert again == 1
    assert len(c.heard) == 7
    assert c.heard == python.heard


def pictures(*numbers: int) -> list[Normalised]:
    """The first of all is a key frame."""
    return [normalised(vp8(n, n, key=n == 1), n, timestamp=n * 3000) for n in numbers]


def numbers(heard: list[bytes]) -> list[int]:
    first = int.from_bytes(heard[0][2:4], "big")
    return [int.from_bytes(one[2:4], "big") - first + 1 for one in heard]


async def test_nothing_overtakes_anything_whoever_wrote_it(
    monkeypatch: pytest.MonkeyPatch, library: Library, pair: Any
):
    monkeypatch.setattr(native, "library", library)
    watcher = pair("camera", 1)[0]
    bursts = [(1,), (2, 3), (5, 4), (6, 7), (9, 8), (10, 11), (12, 13)]
    for burst in bursts[:-2]:
        watcher.layer.fresh = pictures(*burst)
        watcher.layer.deliver()
    watcher.wire._blocked = True  # until there is room, it waits in one queue
    watcher.layer.fresh = pictures(*bursts[-2])
    watcher.layer.deliver()
    watcher.wire._unblock()
    watcher.take(pictures(*bursts[-1]))
    assert numbers(watcher.heard) == [number for burst in bursts for number in burst]


async def test_what_is_written_leaves_by_itself_and_for_where_it_is_wanted_by_then(
    monkeypatch: pytest.MonkeyPatch, library: Library, pair: Any
):
    monkeypatch.setattr(native, "library", library)
    watcher, other = pair("camera", 1)
    watcher.take(pictures(1))
    watcher.take(pictures(2, 3))
    watcher.target = other.target
    watcher.take(pictures(4, 5))
    watcher.keys = keys_of(PROFILES[1], 1)
    other.listen()
    other.heard.clear()
    await asyncio.sleep(0)  # what is to be done soon is done
    watcher.layer.fresh = pictures(6, 7)
    watcher.layer.deliver()
    await until(lambda: other.listen() or len(other.heard) == 2)
    assert len(watcher.heard) == 3
    for data in other.heard:
        memory = native.ffi.new("char[]", data)
        assert watcher.keys.unprotect(memory, len(data)) == len(data) - watcher.keys.tag


async def test_whoever_fails_takes_nothing_from_the_others(
    monkeypatch: pytest.MonkeyPatch, library: Library, pair: Any
):
    monkeypatch.setattr(native, "library", library)
    watcher = pair("camera", 1)[0]
    watcher.take(pictures(1))
    watcher.layer.receivers.append(SimpleNamespace(take=lambda *_: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        watcher.take(pictures(2, 3))
    watcher.take([])
    assert numbers(watcher.heard) == [1, 2, 3]


def test_a_library_of_another_source_is_not_used(
    monkeypatch: pytest.MonkeyPatch, compiled: Path, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(native, "_source", lambda: 1)
    with caplog.at_level(logging.WARNING):
        assert native.load(compiled) is None
    assert "`make native` compiles it anew" in caplog.text


def test_where_the_system_refuses_the_call_it_is_not_used(
    monkeypatch: pytest.MonkeyPatch, compiled: Path, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(native, "errno", SimpleNamespace(EBADF=errno.ENOSYS))
    assert native.load(compiled) is None
    assert "does not let it read" in caplog.text


def test_what_is_no_library_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "libnative.so").write_bytes(b"none")
    assert native.load(tmp_path / "libnative.so") is None
    assert "is not used" in caplog.text
    assert native.load(tmp_path / "nothing.so") is None
