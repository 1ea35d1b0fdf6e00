"""Who can only reach a TURN server gets to the relay through it, with the credentials of a seat."""

import asyncio
from uuid import uuid4

import pytest
from aiortc import RTCConfiguration, RTCIceServer, RTCIceTransportPolicy

from signaling.ice import ice_servers
from tests import services
from tests.relay.peers import gathering, until
from tests.relay.test_meeting_with_aiortc import published, watching

pytestmark = pytest.mark.skipif(services.found("coturn") is None, reason="coturn is not installed")
SECRET = "a secret of sixteen"


@pytest.fixture(scope="module")
def turn():
    with services.coturn(SECRET) as address:
        yield address


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_media_goes_both_ways_through_it(turn, settings, transport):
    settings.TURN_URLS, settings.TURN_SECRET = [f"turn:{turn}?transport={transport}"], SECRET
    servers = [RTCIceServer(**server) for server in ice_servers(uuid4())]
    only_turn = RTCConfiguration(iceServers=servers, iceTransportPolicy=RTCIceTransportPolicy.RELAY)
    async with gathering() as relay:
        alice, bob = relay.person("alice").join(), relay.person("bob").join()
        sending = await published(alice, only_turn)
        receiving, tracks = await watching(bob, only_turn)
        bob.want(alice_camera=480)
        try:
            await until(lambda: sending.connectionState == receiving.connectionState == "connected")
            for kind in ("video", "audio"):
                await asyncio.wait_for(tracks[kind].recv(), 10)
        finally:
            await sending.close()
            await receiving.close()
