"""Whether the TURN servers relay for us: a real allocation with credentials as a seat gets them."""

import asyncio
import ssl
from collections.abc import Iterator
from uuid import uuid4

from aioice.stun import TransactionError
from aioice.turn import create_turn_endpoint
from aiortc.rtcicetransport import parse_stun_turn_uri
from asgiref.sync import async_to_sync
from django.conf import settings

from meet.doctor.findings import Finding, ok, warning, why, wrong
from signaling.ice import ice_servers

PATIENCE = 5  # seconds
LIFETIME = 60  # seconds; given back at once, and soon forgotten if that gets lost


def check() -> Iterator[Finding]:
    if not settings.TURN_URLS:
        yield warning(
            "There is none: people behind strict firewalls see and hear nobody.",
            "Run coturn with deploy/turnserver.conf and set TURN_URLS and TURN_SECRET.",
        )
    for url in settings.TURN_URLS:
        yield async_to_sync(relays)(url)


async def relays(url: str) -> Finding:
    credentials = ice_servers(uuid4())[-1]
    try:
        async with asyncio.timeout(PATIENCE):
            address = await _allocate(url, credentials["username"], credentials["credential"])
    except TimeoutError:
        return wrong(f"{url} does not answer.", "Is coturn up, and does the firewall let its port through?")
    except TransactionError as error:
        return wrong(f"{url} refuses: {why(error)}", "TURN_SECRET must be coturn's static-auth-secret; compare clocks.")
    except (OSError, ValueError) as error:
        return wrong(f"{url} cannot be used: {why(error)}", "Is TURN_URLS right, and coturn up?")
    return ok(f"{url} relays from {address}.")


async def _allocate(url: str, username: str, password: str) -> str:
    uri = parse_stun_turn_uri(url)
    transport, _protocol = await create_turn_endpoint(
        asyncio.DatagramProtocol,
        server_addr=(uri["host"], uri["port"]),
        username=username,
        password=password,
        lifetime=LIFETIME,
        ssl=ssl.create_default_context() if uri["scheme"] == "turns" else None,
        transport=uri["transport"],
    )
    address = transport.get_extra_info("sockname")
    await transport._close()  # its `close` leaves that to a task which the end of this loop would cut off
    return str(address[0])
