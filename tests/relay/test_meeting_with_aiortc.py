"""Somebody else's WebRTC, in both directions: aiortc publishes real pictures and sounds and decodes what it gets."""

import asyncio
import re
from typing import Any

import pytest
from aioice import ice
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from tests.relay.peers import Gathering, Person, until


async def published(person: Person, configuration: RTCConfiguration | None = None) -> RTCPeerConnection:
    connection = RTCPeerConnection(configuration)
    connection.addTrack(AudioStreamTrack())
    connection.addTrack(VideoStreamTrack())
    for transceiver in connection.getTransceivers():
        transceiver.direction = "sendonly"
    await connection.setLocalDescription(await connection.createOffer())
    mids = {one.mid: {"audio": "microphone", "video": "camera"}[one.kind] for one in connection.getTransceivers()}
    answer = person.ask("publish", sdp=connection.localDescription.sdp, mids=mids).sdp
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return connection


async def watching(
    person: Person, configuration: RTCConfiguration | None = None
) -> tuple[RTCPeerConnection, dict[str, Any]]:
    connection, tracks = RTCPeerConnection(configuration), dict[str, Any]()
    connection.on("track", lambda track: tracks.setdefault(track.kind, track))
    await take_offer(person, connection)
    return connection, tracks


async def take_offer(person: Person, connection: RTCPeerConnection) -> None:
    """The newest offer."""
    offer = await until(person.newest_offer)
    await connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    text = connection.localDescription.sdp
    fingerprint, ufrag = (re.findall(rf"a={name}:(.*?)\r\n", text)[0] for name in ("fingerprint", "ice-ufrag"))
    person.ask("accept", version=offer["version"], fingerprint=fingerprint, ufrag=ufrag)


async def test_what_aiortc_sends_aiortc_decodes(relay: Gathering, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    alice, bob = relay.person("alice").join(), relay.person("bob").join()
    sending = await published(alice)
    receiving, tracks = await watching(bob)
    bob.want(alice_camera=480)
    try:
        await until(lambda: sending.connectionState == receiving.connectionState == "connected")
        for _ in range(10):
            picture = await asyncio.wait_for(tracks["video"].recv(), 10)
            sound = await asyncio.wait_for(tracks["audio"].recv(), 10)
        assert (picture.width, picture.height, sound.sample_rate) == (640, 480, 48000)
    finally:
        await sending.close()
        await receiving.close()
    await until(lambda: relay.web.told("link", participant="alice", link="uplink", state="lost"))
