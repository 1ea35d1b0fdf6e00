"""A file is one more receiver: what it holds can be played, and it holds up nobody."""

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from aiortc.codecs import get_encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from relay import recording
from relay.meeting import Seat
from relay.recording import FileReceiver
from relay.rtcp import SenderReport
from tests.relay.peers import Gathering, Person, until

WIDTH, HEIGHT, FRAMES = 320, 180, 20


def pictures() -> Iterator[av.VideoFrame]:
    for number in range(FRAMES):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([(number * 10) % 256]) * plane.buffer_size)
        frame.pts, frame.time_base = number * 3000, Fraction(1, 90000)
        yield frame


def by_aiortc(mime: str) -> Iterator[tuple[int, list[bytes]]]:
    encoder = get_encoder(RTCRtpCodecParameters(mimeType=mime, clockRate=90000, payloadType=100))
    for number, frame in enumerate(pictures()):
        payloads, timestamp = encoder.encode(frame, force_keyframe=number == 0)
        yield timestamp, payloads


def by_av(codec: str, options: dict[str, str]) -> Iterator[tuple[int, bytes]]:
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 90000), Fraction(30)
    context.options = options
    for frame in [*pictures(), None]:
        for packet in context.encode(frame):
            yield packet.pts, bytes(packet)


def vp9() -> Iterator[tuple[int, list[bytes]]]:
    for number, (timestamp, data) in enumerate(by_av("libvpx-vp9", {"deadline": "realtime", "lag-in-frames": "0"})):
        predicted = 0 if number == 0 else 0x40
        halves = [data[: len(data) // 2 + 1], data[len(data) // 2 + 1 :]]
        heads = [bytes([0x80 | predicted | 0x08, 0x80, number]), bytes([0x80 | predicted | 0x04, 0x80, number])]
        yield timestamp, [head + half for head, half in zip(heads, halves, strict=True)]


def leb128(value: int) -> bytes:
    return bytes([value & 0x7F | 0x80]) + leb128(value >> 7) if value >= 0x80 else bytes([value])


def units_of(data: bytes) -> Iterator[bytes]:
    """As they travel: without their sizes, and without the delimiter."""
    at = 0
    while at < len(data):
        kind, size, shift = data[at] >> 3 & 15, 0, 0
        begin = at + 1
        while True:
            size |= (data[begin] & 0x7F) << shift
            begin, shift = begin + 1, shift + 7
            if not data[begin - 1] & 0x80:
                break
        if kind != 2:
            yield bytes([data[at] & ~2]) + data[begin : begin + size]
        at = begin + size


def av1() -> Iterator[tuple[int, list[bytes]]]:
    """Units behind their lengths; the last is cut in two, its end comes in a packet that holds one element."""
    for number, (timestamp, data) in enumerate(by_av("libsvtav1", {"svtav1-params": "lookahead=0:pred-struct=1"})):
        *units, last = units_of(data)
        middle = len(last) // 2
        elements = b"".join(leb128(len(unit)) + unit for unit in [*units, last[:middle]])
        yield timestamp, [bytes([0x48 if number == 0 else 0x40]) + elements, b"\x90" + last[middle:]]


CODECS: dict[str, Any] = {
    "VP8": lambda: by_aiortc("video/VP8"),
    "H264": lambda: by_aiortc("video/H264"),
    "VP9": vp9,
    "AV1": av1,
}
FORMATS = {"H264": "packetization-mode=1;profile-level-id=42e01f"}


class Studio(Person):
    """Offers one codec of choice."""

    codec = "VP8"

    def description(self, *sources: str, extra: str = "") -> str:
        text = super().description(*sources, extra=extra).replace("VP8/90000", f"{self.codec}/90000")
        known = f"a=fmtp:100 {FORMATS[self.codec]}\r\n" if self.codec in FORMATS else ""
        return text.replace("a=rtpmap:101", f"{known}a=rtpmap:101")


def recorded(relay: Gathering, source: str, path: Path) -> FileReceiver:
    seat: Seat = relay.worker.meetings["weekly"].seats["alice"]
    return FileReceiver(seat.publications[source], path)


async def studio(relay: Gathering, codec: str, *sources: str) -> Studio:
    alice = Studio(relay.web, "alice")
    relay.people.append(alice)
    alice.codec = codec
    alice.join()
    await alice.send(*sources)
    return alice


def played(path: Path) -> list[Any]:
    with av.open(str(path)) as container:
        return list(container.decode(container.streams[0]))


@pytest.mark.parametrize("codec", CODECS)
async def test_pictures_are_kept_as_they_came(relay: Gathering, tmp_path: Path, codec: str):
    alice = await studio(relay, codec, "camera")
    file = recorded(relay, "camera", tmp_path / "camera.mkv")
    for timestamp, payloads in CODECS[codec]():
        for payload in payloads:
            alice.up.send(alice.packet("camera", payload, timestamp=timestamp, marker=payload is payloads[-1]))
        await relay.settled()
    alice.ask("leave")
    await file.finished()
    frames = played(tmp_path / "camera.mkv")
    assert len(frames) >= FRAMES - 1  # the last one may still be in the decoder
    assert (frames[0].width, frames[0].height) == (WIDTH, HEIGHT)
    assert float(frames[10].time - frames[0].time) == pytest.approx(10 / 30, abs=0.002)


async def test_sounds_are_kept_as_they_came_and_pauses_stay_pauses(relay: Gathering, tmp_path: Path):
    alice = await studio(relay, "VP8", "microphone")
    file = recorded(relay, "microphone", tmp_path / "microphone.mkv")
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "stereo", "s16"
    for number in range(50):
        frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
        wave = b"".join(
            round(9000 * math.sin((number * 960 + at) / 17)).to_bytes(2, "little", signed=True) * 2 for at in range(960)
        )
        frame.planes[0].update(wave)
        frame.sample_rate, frame.pts = 48000, number * 960
        silence = 48000 if number >= 25 else 0
        for packet in encoder.encode(frame):
            alice.speak(bytes(packet), timestamp=number * 960 + silence)
        await relay.settled()
    alice.ask("leave")
    await file.finished()
    frames = played(tmp_path / "microphone.mkv")
    assert float(frames[-1].time - frames[0].time) == pytest.approx(2, abs=0.1)
    assert max(memoryview(bytes(frames[7].planes[0])).cast("f")) > 0.1


async def test_a_picture_goes_on_at_a_key_frame_after_a_loss(relay: Gathering, tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr(recording, "LATE", 0.0)
    alice = await studio(relay, "VP8", "camera")
    file = recorded(relay, "camera", tmp_path / "camera.mkv")
    encoded = list(by_aiortc("video/VP8"))
    for number, (timestamp, payloads) in enumerate([*encoded[:10], *encoded]):
        later = 10 * 3000 if number >= 10 else 0
        for payload in payloads:
            packet = alice.packet("camera", payload, timestamp=timestamp + later, marker=payload is payloads[-1])
            if number != 5:
                alice.up.send(packet)
        await relay.settled()
    asked = relay.counts["keyframes_asked"]
    alice.ask("leave")
    await file.finished()
    assert len(played(tmp_path / "camera.mkv")) == 5 + FRAMES
    assert asked >= 1


async def test_a_file_knows_the_clock_of_its_sender(relay: Gathering, tmp_path: Path):
    alice = await studio(relay, "VP8", "microphone")
    file = recorded(relay, "microphone", tmp_path / "microphone.mkv")
    alice.speak(timestamp=5000)
    await relay.settled()
    alice.up.send(SenderReport(alice.ssrc("microphone"), 77 << 32, 6000, 1, 5).pack())
    clock = await until(lambda: file.clock)
    assert clock.ntp == 77 << 32
    alice.ask("leave")
    await file.finished()


async def test_a_disk_that_fails_stops_the_file_and_nothing_else(relay: Gathering, tmp_path: Path):
    alice = await studio(relay, "VP8", "microphone")
    bob = await relay.person("bob").join().receive("alice/microphone")
    file = recorded(relay, "microphone", tmp_path / "missing" / "microphone.mkv")
    alice.speak()
    await until(lambda: file._writer.failed)
    alice.speak(b"on air")
    await until(lambda: bob.bodies("alice/microphone")[-1:] == [b"on air"])
    assert file.dropped == 1
    alice.ask("leave")
    await file.finished()
