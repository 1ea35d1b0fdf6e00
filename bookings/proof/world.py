"""A made-up organization with members and spaces, for as long as the proof takes. Its audit entries stay."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import User
from bookings.spaces.models import Space
from organizations.models import Membership, MembershipRole, Organization

OVERLAPS = """
SELECT count(*) FROM bookings_slot a JOIN bookings_slot b ON a.space_id = b.space_id AND a.id < b.id
WHERE a.is_held AND b.is_held AND a.blocked_from < b.blocked_until AND b.blocked_from < a.blocked_until
"""


@dataclass(frozen=True, slots=True)
class World:
    """`cookies`: of each member's browser, in the same order; the first two members are administrators."""

    organization: Organization
    members: list[User]
    cookies: list[str]

    def new_spaces(self, number: int) -> list[Space]:
        names = (secrets.token_hex(8) for _ in range(number))
        return Space.objects.bulk_create(
            Space(organization=self.organization, name=name, capacity=20) for name in names
        )


@contextmanager
def made_up(members: int) -> Iterator[World]:
    mark = secrets.token_hex(6)
    organization = Organization.objects.create(name=f"Proof {mark}", slug=f"proof-{mark}", bookings_per_person=0)
    people = User.objects.bulk_create(_person(number, mark) for number in range(members))
    keys: list[str] = []
    try:
        Membership.objects.bulk_create(
            Membership(organization=organization, user=user, role=_role(number)) for number, user in enumerate(people)
        )
        keys += [_signed_in(user) for user in people]
        yield World(organization, people, [f"{settings.SESSION_COOKIE_NAME}={key}" for key in keys])
    finally:
        Session.objects.filter(session_key__in=keys).delete()
        organization.delete()
        User.objects.filter(pk__in=[user.pk for user in people]).delete()


def overlapping_pairs() -> int:
    """Of held slots, in the whole database."""
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        return int(cursor.fetchone()[0])


def _person(number: int, mark: str) -> User:
    user = User(email=f"{number}@{mark}.invalid", display_name=f"Proof {number}")
    user.set_unusable_password()
    return user


def _role(number: int) -> MembershipRole:
    return MembershipRole.ADMIN if number < 2 else MembershipRole.MEMBER


def _signed_in(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
