"""Whether media gets through on this machine: two peers that exchange sound as two browsers would."""

import asyncio
from collections.abc import Iterator

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from asgiref.sync import async_to_sync

from meet.doctor.findings import Finding, ok, wrong

FRAMES = 25  # of 20 ms, half a second of sound each way
PATIENCE = 8  # seconds


def check() -> Iterator[Finding]:
    counted = async_to_sync(exchange)(FRAMES)
    if min(counted) >= FRAMES:
        yield ok(f"Two peers on this machine heard each other: {counted[0]} and {counted[1]} frames of sound.")
    else:
        yield wrong(
            f"Of {FRAMES} frames of sound each way, {counted[0]} and {counted[1]} arrived.",
            "Does a firewall on this machine stop UDP between its own addresses? Has it a network at all?",
        )


async def exchange(frames: int) -> list[int]:
    """How many frames arrived at either side, within a few seconds. Asks no server of anybody's."""
    peers = [RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2)]
    counted = [0, 0]
    try:
        async with asyncio.timeout(PATIENCE):
            await _introduce(*peers)
            tracks = [peer.getReceivers()[0].track for peer in peers]
            await asyncio.gather(*(_count(tracks[side], counted, side, frames) for side in range(2)))
    except TimeoutError:
        pass
    finally:
        await asyncio.gather(*(peer.close() for peer in peers))
    return counted


async def _introduce(caller: RTCPeerConnection, callee: RTCPeerConnection) -> None:
    for peer in (caller, callee):
        peer.addTrack(AudioStreamTrack())
    await caller.setLocalDescription(await caller.createOffer())
    await callee.setRemoteDescription(caller.localDescription)
    await callee.setLocalDescription(await callee.createAnswer())
    await caller.setRemoteDescription(callee.localDescription)


async def _count(track: MediaStreamTrack, counted: list[int], side: int, frames: int) -> None:
    try:
        while counted[side] < frames:
            await track.recv()
            counted[side] += 1
    except MediaStreamError:  # the connection failed and ended its tracks
        return
