"""What C makes of a burst is what Python makes of it, to the byte; and without it nothing is missing."""

import errno
import logging
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from pylibsrtp import Policy, Session

from relay import native, udp
from relay.batches import Target
from relay.native import Library
from relay.publication import Layer, Publication
from relay.rtp import Normalised
from relay.srtp import Keys
from relay.subscription import Subscription
from relay.udp import Wire
from tests.relay.packets import normalised, vp8
from tests.relay.peers import Nobody

TARGETS = [Target(("127.0.0.1", port)) for port in (1, 2)]
PROFILES = [(Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 28), (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 10, 30)]


def keys_of(profile: tuple[int, int, int], first: int = 0) -> Keys:
    protection, tag, length = profile
    policy = Policy(bytes(range(first, first + length)), Policy.SSRC_ANY_OUTBOUND, 0, protection)
    policy.window_size = 1024
    return Keys(Session(policy), Session(policy), tag)


class Watcher:
    """One receiver of a source, and what is on its wire; the same for the same seed."""

    def __init__(self, source: str, profile: tuple[int, int, int], seed: int) -> None:
        self.wire = Wire(udp.bound("127.0.0.1", 0), Nobody(), lambda: None, blocks=12)
        self.wire._blocked = True  # so that all of it stays there
        self.keys = keys_of(profile)
        self.bytes = 0
        self.publication = Publication("alice", source, "audio" if "phone" in source else "video", lambda *_: True)
        self.publication.describe("opus" if "phone" in source else "vp8", ())
        self.subscription = Subscription(self.publication, self, 4711, Random(seed))  # type: ignore[arg-type]
        self.subscription.aim(self.layer)
        self.target = TARGETS[seed % 2]
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

    def everything(self) -> dict[str, Any]:
        runs = [*self.wire._urgent, *self.wire._video]
        rewriter = self.subscription.rewriter
        return {
            "runs": [(run.count, run.segment, run.limit, bytes(self.wire.view[run.start : run.end])) for run in runs],
            "counts": self.wire.counts,
            "bytes": self.bytes,
            "numbers": (rewriter.packets, rewriter.octets, rewriter.switches, rewriter._highest),
        }


@pytest.fixture
def library(compiled: Path) -> Library:
    loaded = native.load(compiled)
    assert loaded
    return loaded


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
        watcher.wire._blocked = True
        watcher.wire.close()


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
    calls, real = [], library.copy
    monkeypatch.setattr(native, "library", library)
    monkeypatch.setattr(library, "copy", lambda *given: calls.append(given) or real(*given))
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
    assert c.everything() == python.everything()


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
