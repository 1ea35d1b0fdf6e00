"""A source into a file of its own (Matroska), as it came: nothing is decoded, nothing is encoded.

Packets are put in order here; a thread of its own writes, over a queue with a bound, so that no disk holds up media.
"""

import asyncio
import io
import logging
import queue
import threading
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import av

from relay.codecs import CLOCK_RATES, PAYLOAD_TYPES, Codec
from relay.following import Following
from relay.frames import Frame, Frames
from relay.malformed import Malformed
from relay.publication import Layer, Publication
from relay.rewriting import Segment
from relay.rtcp import SenderReport
from relay.rtp import Normalised
from relay.sequence import Unwrapper

WAITING = 500  # frames for the disk
LATE = 0.5  # seconds a missing packet is waited for
TALLEST = 10_000
RAW = {"h264": "h264", "av1": "obu"}  # what a file says of these is read from their first frame
BEFORE = {"h264": b"", "av1": b"\x12\x00"}
log = logging.getLogger("relay")


class FileReceiver(Following):
    def __init__(self, publication: Publication, path: Path) -> None:
        random = Random()  # noqa: S311 - numbers that begin somewhere, no secrets
        super().__init__(publication, 1, random)
        self.dropped = 0
        self.clock: SenderReport | None = None  # in the file's own time, to put files together by
        self._codec = publication.codec
        self._frames: dict[int, Frames] = {}
        self._sequences, self._times = Unwrapper(16), Unwrapper(32)
        self._early: dict[int, tuple[int, bool, Normalised]] = {}
        self._next: int | None = None
        self._writer = Writer(path, self._codec)
        publication.receivers[self] = None
        self.revise()

    # What a publication tells its receivers

    def wished_height(self) -> int:
        return TALLEST

    def revise(self) -> None:
        layers = self.publication.layers
        alive = [layer for layer in layers if self.rewriter.layer is layer or layer.receivers or layer.ssrc]
        self.aim((alive or layers)[-1] if layers else None)

    def reported(self, layer: Layer, report: SenderReport) -> None:
        offset = self.rewriter.timestamp_offset(layer)
        if offset is not None:
            self.clock = SenderReport(1, report.ntp, (report.timestamp + offset) & 0xFFFFFFFF, 0, 0)

    def take(self, layer: Layer, packets: Sequence[Normalised]) -> None:
        switches = self.rewriter.switches
        for packet in packets:
            if segment := self.rewriter.place(layer, packet):
                self._take(packet, segment)
        if switches != self.rewriter.switches:
            self.switched(layer)

    def _take(self, packet: Normalised, segment: Segment[Layer]) -> None:
        sequence = self._sequences.unwrap((packet.index + segment.offset) & 0xFFFF)
        timestamp = self._times.unwrap((packet.timestamp + segment.timestamp) & 0xFFFFFFFF)
        self._next = sequence if self._next is None else self._next
        if sequence >= self._next:
            self._early[sequence] = timestamp, packet.second >= 0x80, packet
        self._in_order(packet.arrived)

    def ended(self) -> None:
        self._register([])
        self._writer.end()

    async def finished(self) -> None:
        """The file is closed."""
        await asyncio.to_thread(self._writer.join)

    # Order

    def _in_order(self, now: float) -> None:
        while self._early:
            if self._next not in self._early:
                oldest = min(self._early)
                if now - self._early[oldest][2].arrived < LATE:
                    return
                self._next = oldest
            timestamp, marker, packet = self._early.pop(self._next)
            self._add(self._next, timestamp, marker, packet)
            self._next += 1

    def _add(self, index: int, timestamp: int, marker: bool, packet: Normalised) -> None:
        frames = self._frames.get(packet.second & 0x7F)
        if frames is None:
            red = packet.second & 0x7F == PAYLOAD_TYPES["red"]
            frames = self._frames[packet.second & 0x7F] = Frames("red" if red else self._codec)
        try:
            payload = packet.payload
            frame = frames.add(index, timestamp, payload, marker=marker, keyframe=packet.keyframe)
        except Malformed:
            frame = None
        if frame and not self._writer.put(frame):
            self.dropped += 1
            frames.waiting = self.is_video
        if frames.waiting and self.rewriter.layer:
            self.publication.ask_for_keyframe(self.rewriter.layer)


class Writer(threading.Thread):
    """Owns the file. What does not fit into its queue is not written."""

    def __init__(self, path: Path, codec: Codec) -> None:
        super().__init__(daemon=True, name="recording")
        self._path = path
        self._codec = codec
        self._frames: queue.Queue[Frame | None] = queue.Queue(WAITING)
        self.failed = False
        self.start()

    def put(self, frame: Frame) -> bool:
        if self.failed or self._frames.qsize() >= WAITING - 1:  # one place is for the end
            return False
        self._frames.put_nowait(frame)
        return True

    def end(self) -> None:
        self._frames.put_nowait(None)

    def run(self) -> None:
        frame = self._frames.get()
        if frame is None:
            return
        try:
            with av.open(str(self._path), "w", format="matroska") as container:
                self._write(container, frame)
        except (OSError, ValueError):  # also where the disk is full, at the end once more
            log.exception("A recording broke off.")
            self.failed = True

    def _write(self, container: Any, first: Frame) -> None:
        stream = _stream(container, self._codec, first)
        frame: Frame | None = first
        while frame is not None:
            packet = av.Packet(frame.data)
            packet.stream = stream
            packet.time_base = Fraction(1, CLOCK_RATES[self._codec])
            packet.pts = packet.dts = frame.timestamp - first.timestamp
            packet.is_keyframe = frame.keyframe
            container.mux(packet)
            frame = self._frames.get()


def _stream(container: Any, codec: Codec, first: Frame) -> Any:
    if codec == "opus":
        return container.add_stream("libopus", rate=CLOCK_RATES[codec], layout="stereo")  # only to describe it
    if codec in RAW:
        with av.open(io.BytesIO(BEFORE[codec] + first.data), format=RAW[codec]) as raw:
            return container.add_stream_from_template(raw.streams.video[0], opaque=True)
    return container.add_mux_stream(codec, rate=30, **_size(codec, first.data))


def _size(codec: Codec, data: bytes) -> dict[str, int]:
    """A VP8 key frame tells it; players of VP9 look into the frames."""
    if codec != "vp8":
        return {"width": 1280, "height": 720}
    width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return {"width": width, "height": height}
