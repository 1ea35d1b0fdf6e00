"""Alice administers Acme, Bob is a member, Charlie a stranger."""

import pytest

from bookings.spaces.models import Space
from organizations.models import Organization
from tests.bookings.places import join, new_space, organization_of


@pytest.fixture
def acme(alice, bob) -> Organization:
    made = organization_of(alice)
    join(made, bob)
    return made


@pytest.fixture
def blue(acme) -> Space:
    return new_space(acme, "Blue")


@pytest.fixture
def green(acme) -> Space:
    return new_space(acme, "Green")


@pytest.fixture
def told_topics(monkeypatch) -> set[str]:
    """Who hears that a space has changed."""
    topics: set[str] = set()
    monkeypatch.setattr("realtime.broadcast._publish", lambda delivery: topics.add(delivery["topic"]))
    return topics
