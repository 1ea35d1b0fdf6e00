"""What C reads of datagrams is what Python reads of them: what goes on, what is counted, what senders are told."""

import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from pylibsrtp import Policy, Session

from relay import native, udp
from relay.batches import Address
from relay.codecs import Codec
from relay.dtls import Handshakes
from relay.extensions import ABS_SEND_TIME, AUDIO_LEVEL, TRANSPORT_CC, VIDEO_ORIENTATION, Ids
from relay.ice import Door
from relay.link import Port
from relay.native import Library, Train, ffi
from relay.publication import Publication
from relay.rtp import Normalised
from relay.srtp import Keys
from relay.udp import Wire
from relay.uplink import Stream, Track, Uplink
from tests import services
from tests.relay.packets import IDS, one_byte_form, two_byte_form, vp8, wire

ROOT = Path(__file__).resolve().parents[2]
SOURCE = 0xCAFE
CODECS: dict[str, dict[int, Codec]] = {
    "camera": {100: "vp8", 102: "h264", 70: "vp8"},  # 70 looks like RTCP with a marker (RFC 5761, 4)
    "screen": {101: "vp9", 100: "vp8"},
    "microphone": {111: "opus", 63: "red"},
}
OTHER_IDS = Ids({AUDIO_LEVEL: 9, ABS_SEND_TIME: 5, TRANSPORT_CC: 14, VIDEO_ORIENTATION: 7})
RENEGOTIATED, REKEYED = 8, 14  # bursts
AES_GCM, LENGTH = Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28


def session(direction: int, key: int = 0) -> Session:
    policy = Policy(bytes((key,)) * LENGTH, direction, 0, AES_GCM)
    policy.window_size = 1024
    policy.allow_repeat_tx = True
    return Session(policy)


def keys_of(key: int = 0) -> Keys:
    return Keys(session(Policy.SSRC_ANY_INBOUND, key), session(Policy.SSRC_ANY_OUTBOUND, key), 16)


class Sender:
    def __init__(self) -> None:
        self.keys = keys_of()
        self._memory = ffi.new("char[]", 2400)

    def protect(self, data: bytes) -> bytes:
        """As it is where it cannot be encrypted."""
        ffi.memmove(self._memory, data, len(data))
        return bytes(ffi.buffer(self._memory, len(data) + 16)) if self.keys.protect(self._memory, len(data)) else data


class Clock:
    """Of a loop that says when, and does nothing else of its own."""

    def __init__(self, loop: Any) -> None:
        self._loop, self.now = loop, 100.0

    def time(self) -> float:
        return self.now

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)


class Listener:
    """One person's uplink behind a socket."""

    def __init__(self, source: str, library: Library | None, use: Callable[[Library | None], None]) -> None:
        self.wire = Wire(udp.bound("127.0.0.1", 0), self, self._handled)
        self.wire._loop = self.clock = Clock(self.wire._loop)  # type: ignore[assignment]
        self.trains: list[int] = []
        self.taken: list[dict[str, Any]] = []
        self._library, self._use = library, use
        self.uplink = Uplink(
            Port(Door(self.clock.time), Handshakes(), (), self.clock.time),
            SimpleNamespace(link_changed=lambda *_: None),  # type: ignore[arg-type]
            SimpleNamespace(session="1", fingerprint=("sha-256", "AB")),  # type: ignore[arg-type]
        )
        self.publication = Publication("alice", source, "audio" if source == "microphone" else "video", self.hears)
        self.publication.describe(next(iter(CODECS[source].values())), ())
        self.layer = self.publication.layers[0]
        self.layer.ids, self.layer.payload_types, self.layer.ssrc = IDS, CODECS[source], SOURCE
        track = Track(self.publication, SimpleNamespace(payload_types={}), IDS)  # type: ignore[arg-type]
        self.uplink._streams[SOURCE] = Stream(track, self.layer, repairs=False)
        self.uplink._transport_cc = IDS.transport_cc
        self.uplink.keys = keys_of()

    def negotiates(self, ids: Ids, types: dict[int, Codec]) -> None:
        self.layer.ids, self.layer.payload_types, self.uplink._transport_cc = ids, types, ids.transport_cc

    def hears(self, _: Publication, level: int) -> bool:
        return level < 100

    def datagram(self, wire: Wire, address: Address, length: int) -> None:
        self.uplink.datagram(wire, length)

    def media(self, wire: Wire, train: Train) -> bool:
        taken = self.uplink.media(wire, train)
        self.trains += [train.count] if taken else []
        return taken

    def _handled(self) -> None:
        self.taken += [fields(one) for one in self.layer.fresh]
        self.layer.fresh = []
        self.uplink.port.fresh.clear()

    def gets(self, datagrams: list[bytes], now: float) -> None:
        self.clock.now = now
        self._use(self._library)
        for data in datagrams:
            Listener.sender.sendto(data, self.wire.address)
        while self.wire._drain():
            pass

    def everything(self) -> dict[str, Any]:
        uplink, layer = self.uplink, self.layer
        return {
            "taken": self.taken,
            "counts": uplink.port.counts + self.wire.counts,
            "arrivals": (uplink._arrivals._came, uplink._arrivals._start),
            "reception": (layer.reception._received, layer.reception._highest, layer.reception._jitter),
            "missing": (layer.gaps._asks, layer.gaps._next),
            "rate": layer.meter.rate(self.clock.now),
            "height": layer.height,
            "is restless": uplink in uplink.port.restless,
        }

    sender: Any = None


def fields(made: Normalised) -> dict[str, Any]:
    return {name: getattr(made, name) for name in Normalised.__slots__ if name != "form"}


@pytest.fixture
async def pair(monkeypatch: pytest.MonkeyPatch, compiled: Path) -> AsyncIterator[Any]:
    """One that reads by Python, one by C; what each gets is the same."""
    library, made = native.load(compiled), []

    def use(one: Library | None) -> None:
        monkeypatch.setattr(native, "library", one)

    def both(source: str) -> list[Listener]:
        made.extend(Listener(source, one, use) for one in (None, library))
        return made

    Listener.sender = udp.bound("127.0.0.1", 0)
    yield both
    Listener.sender.close()
    for one in made:
        one.wire.close()


def elements(random: Random, source: str, number: int) -> dict[int, bytes]:
    found = {7: number.to_bytes(2, "big"), 5: random.randbytes(3)}
    if source == "microphone":
        found[14] = bytes((random.randrange(256),))
    elif random.random() < 0.2:
        found[9] = random.randbytes(1)
    if random.random() < 0.2:
        found[random.choice([1, 7, 14, 9])] = random.randbytes(random.choice([1, 2, 3, 16]))
    return found


def extension(random: Random, source: str, number: int) -> bytes:
    made = random.choices([one_byte_form, two_byte_form], [12, 1])[0](elements(random, source, number))
    odd, longer = random.random(), made[:2] + (len(made) // 4).to_bytes(2, "big")
    if odd < 0.08:
        return b""
    if odd < 0.12:  # of some other form, or any elements at all
        return made[: random.choice([0, 4])] + random.randbytes(4) + made[8:]
    if odd < 0.16:
        return longer + bytes(4) + made[4:]
    if odd < 0.2:  # ids that end the elements
        return longer + random.choice([b"\xf0\0\0\0", b"\x02abc"]) + made[4:]
    if odd < 0.22:
        return made[:2] + b"\xff\xff" + made[4:]
    return made


def payload(random: Random, source: str) -> bytes:
    size = random.choices(
        [random.randrange(1, 60), random.randrange(900, 1200), random.randrange(1470, 1490)], [4, 8, 2]
    )
    body = random.randbytes(size[0])
    if source == "camera" and random.random() < 0.9:
        return vp8(random.randrange(0x8000), random.randrange(256), key=random.random() < 0.2, body=body)
    if random.random() < 0.5:  # any descriptor, cut anywhere
        return bytes((random.choice([0x90, 0x80, 0x10, 0x00]), random.choice([0xE0, 0x80, 0x40, 0x30, 0]))) + body
    return body[: random.choice([0, 1, 2, 3, 2000])]


def packet(random: Random, source: str, number: int) -> bytes:
    return wire(
        payload(random, source),
        sequence=number & 0xFFFF,
        timestamp=number // 3 * 3000 & 0xFFFFFFFF,
        ssrc=random.choices([SOURCE, 0xBEEF], [60, 1])[0],
        payload_type=random.choices([*CODECS[source], 35], [30, *[3] * (len(CODECS[source]) - 1), 1])[0],
        marker=random.random() < 0.3,
        extension=extension(random, source, number & 0xFFFF),
        sources=random.choices([(), (1, 2)], [20, 1])[0],
        padding=random.choices([0, 5], [20, 1])[0],
    )


def datagrams(random: Random, source: str) -> list[list[bytes]]:
    """Bursts as they come from anybody at all."""
    number, keys = random.choice([100, 65500]), Sender()
    bursts = []
    for at in range(20):
        burst = []
        if at == REKEYED:
            keys.keys = keys_of(1)
        for _ in range(random.choice([1, 3, 10, 70])):
            number += random.choices([1, 0, 2, -1, 4000], [40, 2, 2, 1, 0.2])[0]
            data = keys.protect(packet(random, source, number))
            odd = random.random()
            if odd < 0.03:
                bit = random.randrange(len(data))
                data = data[:bit] + bytes((data[bit] ^ 1 << random.randrange(8),)) + data[bit + 1 :]
            elif odd < 0.05:
                data = data[: random.randrange(len(data))]
            elif odd < 0.07:
                data = random.randbytes(random.choice([1, 11, 12, 40, 2047, 2048, 2100]))
            elif odd < 0.08:
                data = b"\x80\xc8" + data[2:]  # as RTCP
            elif odd < 0.09:
                data = data.ljust(2100, b"\0")
            burst += [data, data] if random.random() < 0.03 else [data]
        bursts.append(burst)
    return bursts


@pytest.mark.parametrize("source", CODECS)
@pytest.mark.parametrize("seed", range(12))
async def test_both_ways_read_the_same(pair: Any, source: str, seed: int):
    python, c = pair(source)
    random = Random(seed)
    for number, burst in enumerate(datagrams(random, source)):
        for one in (python, c):
            one.publication.granted = number % 7 != 5
            if number == REKEYED:
                one.uplink.keys = keys_of(1)
            if number == RENEGOTIATED:
                one.negotiates(OTHER_IDS, dict(zip(CODECS[source], reversed(CODECS[source].values()), strict=True)))
            one.gets(burst, 100 + number * 0.03)
        assert c.everything() == python.everything()
    assert len(python.taken) > 20
    assert sum(c.trains) > 100
    assert python.trains == []
    assert c._library and len(c._library._held) <= native.READS


async def test_what_is_usual_is_read_by_c_from_the_second_on(monkeypatch: pytest.MonkeyPatch, pair: Any):
    c, keys, alone = pair("camera")[1], Sender(), []
    real = c.uplink.on_rtp
    monkeypatch.setattr(c.uplink, "on_rtp", lambda *given: alone.append(given) or real(*given))

    def sent(first: int, kind: int) -> list[bytes]:
        padded = one_byte_form({7: b"\0\1"})
        packets = [wire(vp8(n), sequence=n, payload_type=kind, extension=padded) for n in range(first, first + 10)]
        return [keys.protect(one) for one in packets]

    for first, payload_type in ((1, 100), (11, 102)):
        packets = sent(first, payload_type)
        c.gets(packets[:1], 100.0)
        c.gets(packets[1:], 100.1)
    assert (c.trains, len(alone), len(c.taken)) == ([9, 1, 9], 2, 20)


@pytest.mark.parametrize(("size", "most"), [(1100, 1150), (1, 5000)])
async def test_who_sends_too_much_is_cut_short_either_way(pair: Any, size: int, most: int):
    keys = Sender()
    sent = [keys.protect(wire(vp8(body=bytes(size)), sequence=n)) for n in range(1, most + 500)]
    for one in pair("camera"):
        for at in range(0, len(sent), 50):
            one.gets(sent[at : at + 50], 100.0)
        assert len(one.taken) == pytest.approx(most, rel=0.05)
        assert one.uplink.port.counts["over_rate"] == len(sent) - len(one.taken)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_each_train_is_of_one_address_as_the_system_says_it(monkeypatch: pytest.MonkeyPatch, compiled: Path, host: str):
    monkeypatch.setattr(native, "NAMES", 3)
    library = native.load(compiled)
    assert library
    with contextlib.ExitStack() as stack:
        try:
            heard, *senders = [stack.enter_context(udp.bound(host, 0)) for _ in range(6)]
        except OSError:
            return  # no IPv6 on this machine
        for one in (senders[0], *senders, *senders[-1:]):
            one.sendto(wire(ssrc=SOURCE), heard.getsockname())
        found = []
        with contextlib.suppress(BlockingIOError):
            found.extend((one.address, one.source, one.count) for one in library.read(heard.fileno()))
        names = [one.getsockname() for one in senders]
    assert found == [(names[0], SOURCE, 2), *((name, SOURCE, 1) for name in names[1:-1]), (names[-1], SOURCE, 2)]
    assert len(library._names) <= 3


@pytest.fixture(scope="session")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if services.found("cc") is None:
        pytest.skip("no C compiler is installed")
    built = tmp_path_factory.mktemp("sanitized") / native.BUILT.name
    options = ["-g", "-shared", "-fPIC", "-std=c99", f"-DSOURCE={native._source()}u"]
    checks = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    subprocess.run(["cc", *options, *checks, "-o", built, native.SOURCE], check=True)
    return built


def test_c_reads_and_writes_nowhere_else(sanitized: Path):
    """Under the compiler's own checks, and with a cipher that believes everything."""
    found = subprocess.run(["cc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True)
    environment = {**os.environ, "LD_PRELOAD": found.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"}
    command = [sys.executable, "-m", "tests.relay.sanitized", str(sanitized)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(int(count) > 500 for count in done.stdout.split())  # were of use
