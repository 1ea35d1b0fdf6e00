"""The relay beside a plain server of aiortc's `MediaRelay`, which decodes and encodes.

`python -m benchmarks.relay_against_aiortc`. One camera of 640x480 and two receivers, all of them aiortc's and the same
for both servers, 500 kbit/s on every way.
The server has a core of its own; its CPU time is all its threads', from the kernel. Rounds take turns; medians. At a
low rate much of the relay's time is its clock's, which ticks for a thousand people as it does for three.
"""

import asyncio
import fractions
import multiprocessing
import os
import statistics
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import av
from aioice import ice
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.codecs import vpx
from aiortc.contrib.media import MediaRelay

from benchmarks.load import CLIENTS_CORE, SERVER_CORE, use_core
from benchmarks.remote import Remote
from relay.load.running import cpu
from tests.relay.peers import Person, until
from tests.relay.process import Process
from tests.relay.test_meeting_with_aiortc import take_offer

ROUNDS, SECONDS, RECEIVERS = 3, 10, 2
RATES = 10, 30  # pictures a second
WIDTH, HEIGHT, PICTURES = 640, 480, 20


class Spent(NamedTuple):
    """By the server, while it was watched."""

    seconds: float
    packets: int
    frames: int
    due: int

    def __str__(self) -> str:
        return (
            f"{1e6 * self.seconds / self.packets:7.0f} us a packet, {1e6 * self.seconds / self.frames:7.0f} us a frame "
            f"({self.packets} packets, {self.frames} of {self.due} frames, "
            f"{100 * self.seconds / SECONDS:.1f} % of a core)"
        )


def at_home() -> None:
    """Both ends: loopback only, and one bit rate, whatever an estimate says."""
    ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    vpx.MIN_BITRATE = vpx.MAX_BITRATE = vpx.DEFAULT_BITRATE


# Clients


def pictures() -> list[av.VideoFrame]:
    """Noise that moves over bars: something to encode."""
    random = Random(1)
    noise = random.randbytes(96)
    made = []
    for number in range(PICTURES):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        rows = [bytes((x * 2 + y + number * 8) & 0xFF for x in range(WIDTH)) for y in range(0, HEIGHT, 16)]
        luma = bytearray(b"".join(row * 16 for row in rows))
        for y in range(100, 196):
            at = y * WIDTH + 20 * number
            luma[at : at + 96] = noise[y - 100 :] + noise[: y - 100]
        for plane, data in zip(frame.planes, (luma, *[bytes([128]) * (WIDTH * HEIGHT // 4)] * 2), strict=True):
            plane.update(bytes(data))
        made.append(frame)
    return made


class Camera(MediaStreamTrack):
    kind = "video"

    def __init__(self, rate: int) -> None:
        super().__init__()
        self._rate = rate
        self._pictures = pictures()
        self._number = 0
        self._began: float | None = None

    async def recv(self) -> av.VideoFrame:
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        await asyncio.sleep(max(0.0, self._began + self._number / self._rate - now))
        frame = self._pictures[self._number % PICTURES]
        frame.pts, frame.time_base = self._number * 90000 // self._rate, fractions.Fraction(1, 90000)
        self._number += 1
        return frame


class Viewer:
    """Decodes and counts."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection()
        self.connection.on("track", self._take)
        self.frames = 0
        self._tasks: list[asyncio.Task[None]] = []

    def _take(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.ensure_future(self._watch(track)))

    async def _watch(self, track: MediaStreamTrack) -> None:
        while True:
            await track.recv()
            self.frames += 1

    async def packets(self) -> int:
        stats: Any = (await self.connection.getStats()).values()
        return sum(one.packetsReceived for one in stats if one.type == "inbound-rtp")

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.connection.close()


async def filming(rate: int) -> RTCPeerConnection:
    connection = RTCPeerConnection()
    connection.addTransceiver(Camera(rate), direction="sendonly")
    await connection.setLocalDescription(await connection.createOffer())
    return connection


async def measured(pid: int, viewers: list[Viewer], rate: int) -> Spent:
    await until(lambda: all(viewer.frames > 2 * rate for viewer in viewers), 30)

    async def figures() -> tuple[float, int, int]:
        return cpu(pid), sum([await one.packets() for one in viewers]), sum(one.frames for one in viewers)

    before = await figures()
    await asyncio.sleep(SECONDS)
    seconds, packets, frames = (late - early for early, late in zip(before, await figures(), strict=True))
    return Spent(seconds, int(packets), int(frames), SECONDS * rate * len(viewers))


# Ours


async def by_the_relay(rate: int) -> Spent:
    with tempfile.TemporaryDirectory(prefix="meet-relay-") as directory:
        worker = Process(Path(directory))
        os.sched_setaffinity(worker.process.pid, SERVER_CORE)
        web: Any = Remote(worker.connect())
        camera, viewers = await filming(rate), [Viewer() for _ in range(RECEIVERS)]
        try:
            answer = Person(web, "alice").join().ask("publish", sdp=camera.localDescription.sdp, mids={"0": "camera"})
            await camera.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
            for number, viewer in enumerate(viewers):
                await watch(Person(web, f"b{number}").join(), viewer.connection)
            return await measured(worker.process.pid, viewers, rate)
        finally:
            await asyncio.gather(camera.close(), *(viewer.close() for viewer in viewers))
            worker.stop()


async def watch(person: Person, connection: RTCPeerConnection) -> None:
    await take_offer(person, connection)
    person.want(alice_camera=HEIGHT)


# aiortc's


def forwarder(line: Connection) -> None:
    use_core(SERVER_CORE)
    at_home()
    asyncio.run(forwarding(line))


async def forwarding(line: Connection) -> None:
    """Answers the offer of who films, then those of who watch."""
    relay, connections, tracks = MediaRelay(), list[RTCPeerConnection](), list[MediaStreamTrack]()
    while offer := await asyncio.to_thread(line.recv):
        connection = RTCPeerConnection()
        connection.on("track", tracks.append)
        for track in tracks:
            connection.addTrack(relay.subscribe(track))
        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        line.send(connection.localDescription.sdp)
        connections.append(connection)
    for connection in connections:
        await connection.close()


async def by_aiortc(rate: int) -> Spent:
    context = multiprocessing.get_context("spawn")
    line, theirs = context.Pipe()
    server = context.Process(target=forwarder, args=(theirs,), daemon=True)
    server.start()
    camera, viewers = await filming(rate), [Viewer() for _ in range(RECEIVERS)]
    try:
        for connection in (camera, *(viewer.connection for viewer in viewers)):
            if connection is not camera:
                connection.addTransceiver("video", direction="recvonly")
                await connection.setLocalDescription(await connection.createOffer())
            line.send(connection.localDescription.sdp)
            answer = await asyncio.to_thread(line.recv)
            await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        assert server.pid
        return await measured(server.pid, viewers, rate)
    finally:
        await asyncio.gather(camera.close(), *(viewer.close() for viewer in viewers))
        line.send("")
        await asyncio.to_thread(server.join, 10)


async def compared(rate: int) -> None:
    ours, theirs = list[Spent](), list[Spent]()
    for _ in range(ROUNDS):
        ours.append(await by_the_relay(rate))
        print(f"relay  {ours[-1]}", flush=True)
        theirs.append(await by_aiortc(rate))
        print(f"aiortc {theirs[-1]}", flush=True)
    for unit in ("packets", "frames"):
        mine, other = (statistics.median(one.seconds / getattr(one, unit) for one in side) for side in (ours, theirs))
        print(f"for each of the {unit}: {1e6 * mine:.0f} against {1e6 * other:.0f} us, a ratio of {other / mine:.0f}")


async def main() -> None:
    for rate in RATES:
        print(f"{rate} pictures a second", flush=True)
        await compared(rate)


if __name__ == "__main__":
    use_core(CLIENTS_CORE)
    at_home()
    asyncio.run(main())
