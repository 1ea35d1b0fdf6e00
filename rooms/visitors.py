"""Who is asking: an account, or a guest with a seat. Comes from the session and from nothing else."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.db.models import Q

from accounts.models import User
from rooms.models import Room

SEAT_LIFETIME = timedelta(hours=24)
SEATS = "seats"


@dataclass(frozen=True, slots=True)
class Visitor:
    user: User | None
    session_key: str = ""
    seats: dict[str, dict[str, str]] = field(default_factory=dict)
    _read: "dict[UUID, Seat | None]" = field(default_factory=dict, init=False, repr=False, compare=False)

    def seat_in(self, room: Room) -> "Seat | None":
        """The guest's seat in this room, where the visitor has one and it is not older than 24 hours."""
        if room.pk not in self._read:
            self._read[room.pk] = self._signed_seat_in(room)
        return self._read[room.pk]

    def _signed_seat_in(self, room: Room) -> "Seat | None":
        kept = self.seats.get(str(room.pk))
        token = _token_in(kept, room)
        if self.user is not None or kept is None or token is None:
            return None
        return Seat(hashlib.sha256(token.encode()).hexdigest(), kept["name"])

    def is_host_of(self, room: Room) -> bool:
        return self.user is not None and room.host_id == self.user.pk

    def matching(self, room: Room) -> Q | None:
        """Which participants of this room's meetings are this visitor."""
        if self.user is not None:
            return Q(user=self.user)
        seat = self.seat_in(room)
        return Q(seat_hash=seat.hash) if seat else None


@dataclass(frozen=True, slots=True)
class Seat:
    hash: str
    name: str


def visitor_of(user: Any, session: SessionBase) -> Visitor:
    account = user if user.is_authenticated else None
    return Visitor(account, session.session_key or "", session.get(SEATS, {}))


def give_seat(session: SessionBase, room: Room, name: str) -> None:
    """Keeps a seat in this room for the guest behind the session; a second call changes the name on it.

    A seat that is still good is kept for another 24 hours, one that is too old is replaced.
    """
    seats = dict(session.get(SEATS, {}))
    token = _token_in(seats.get(str(room.pk)), room) or secrets.token_urlsafe(24)
    seats[str(room.pk)] = {"token": signing.dumps(token, salt=_salt(room)), "name": name}
    session[SEATS] = seats


def _token_in(kept: dict[str, str] | None, room: Room) -> str | None:
    try:
        token: str | None = signing.loads(kept["token"], salt=_salt(room), max_age=SEAT_LIFETIME) if kept else None
    except signing.BadSignature:
        return None
    return token


def _salt(room: Room) -> str:
    return f"rooms.seat.{room.pk}"
