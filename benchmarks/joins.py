"""`python -m benchmarks.joins`: 500 guests enter one meeting at once; rows are written and all are told of all.

Runs the real server. CPU time is the server's, from the first handshake until the last one was told, per join.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from benchmarks.load import Peer, Tally, measuring, open_peer
from benchmarks.servers import Server, data_directory, running
from tests import services

GUESTS = 500
TARGET = 6.0  # CPU-ms a join
PATIENCE = 90.0  # seconds; the lease of a connection is longer than the storm
RENEWAL = 8.0  # seconds
RENEW = '{"type":"connection.renew","id":2,"seq":0}'
JOIN = '{"type":"meeting.join","id":1,"microphone":true,"camera":false}'


def prepare(guests: int) -> tuple[str, list[str]]:
    """A room for so many, and the cookies of people who have typed their name."""
    import django

    django.setup()
    from importlib import import_module

    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction

    from accounts.models import User
    from rooms.models import RoomSettings
    from rooms.services.rooms import create_room
    from rooms.visitors import give_seat

    call_command("migrate", verbosity=0)
    room = create_room(host=User.objects.create_user("alice@example.org", display_name="Alice"), name="Hall")
    RoomSettings.objects.filter(room=room).update(max_participants=1000)
    store, cookies = import_module(settings.SESSION_ENGINE).SessionStore, []
    with transaction.atomic():
        for number in range(guests):
            session = store()
            give_seat(session, room, f"Guest {number}")
            session.save()
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return f"/ws/rooms/{room.code}/", cookies


async def enter(tally: Tally, server: Server, path: str, cookie: str) -> Peer:
    peer = await open_peer(tally, server.port, path, cookie, keep=True)
    peer.send(JOIN)
    return peer


async def storm(server: Server, path: str, cookies: list[str]) -> tuple[float, float, float]:
    tally = Tally()
    await asyncio.gather(*[enter(tally, server, path, cookie) for cookie in cookies[:1]])
    await quiet(tally, 1.0)
    cpu, started = server.cpu(), time.monotonic()
    peers = await asyncio.gather(*[enter(tally, server, path, cookie) for cookie in cookies[1:]])
    last = await quiet(tally, 2.0, peers)
    spent = server.cpu() - cpu
    check(peers, len(cookies))
    return 1000 * spent / len(peers), (last - started) / len(peers) * 1000, last - started


async def quiet(tally: Tally, length: float, peers: Sequence[Peer] = ()) -> float:
    """Waits until nothing has come for a while; when the last thing came. Peers renew meanwhile, as pages do."""
    last, before = time.monotonic(), -1
    renewed = last
    deadline = last + PATIENCE
    while (now := time.monotonic()) < last + length and now < deadline:
        if tally.received != before:
            last, before = now, tally.received
        if now > renewed + RENEWAL:
            renewed = now
            for peer in peers:
                peer.send(RENEW)
        await asyncio.sleep(0.05)
    return last


def check(peers: list[Peer], people: int) -> None:
    """Every one was admitted and knows of all; so nothing was lost and nothing failed."""
    for peer in peers:
        assert not peer.lost, "a socket was closed"
        known = set()
        for frame in peer.frames():
            decoded = msgspec.json.decode(frame)
            for one in decoded if isinstance(decoded, list) else [decoded]:
                known |= told_of(one)
        assert len(known) == people, f"{len(known)} of {people} known"


def told_of(message: dict[str, Any]) -> set[str]:
    if message["type"] == "refused":
        raise AssertionError(message["text"])
    if "snapshot" in message:
        return {one["id"] for one in message["snapshot"]["participants"]}
    return {message["participant"]["id"]} if message["type"] == "participant.joined" else set()


def measure(name: str, environment: dict[str, str]) -> float:
    with data_directory() as kept:
        environment = environment | kept
        os.environ.update(environment | {"DJANGO_SETTINGS_MODULE": "meet.settings"})
        path, cookies = prepare(GUESTS + 1)
        with running(["manage.py", "serve"], environment) as server:
            cost, pace, took = asyncio.run(storm(server, path, cookies))
    print(f"{name}: {GUESTS} joins in {took:.1f} s, {cost:.1f} CPU-ms a join of the server, {pace:.1f} ms by the clock")
    return cost


def main() -> None:
    measuring()
    if sys.argv[1:] == ["postgresql"]:
        with services.postgresql() as database, services.redis() as redis:
            measure("PostgreSQL and Redis", {"DATABASE_URL": database, "REDIS_URL": redis})
        return
    cost = measure("SQLite", {})
    print(f"target: at most {TARGET} CPU-ms: {'met' if cost <= TARGET else 'MISSED'}")


if __name__ == "__main__":
    main()
