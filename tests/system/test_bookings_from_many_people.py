"""`manage.py prove_bookings` against the real server: nothing overlaps, and nobody meets a fault of the server."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from bookings.models import Booking
from organizations.models import Organization

pytestmark = pytest.mark.django_db(transaction=True)


def proof(*urls: str) -> str:
    said = io.StringIO()
    call_command("prove_bookings", workers=200, url=list(urls), stdout=said)
    return said.getvalue()


@pytest.fixture
def address(start_server) -> str:
    """Of a server of its own, which is gone afterwards."""
    return str(start_server(RELAY_WORKERS="0").url)


def test_many_people_at_one_server(address):
    said = proof(address)
    assert "No two bookings overlap." in said
    assert not Organization.objects.exists() and not User.objects.exists() and not Booking.objects.exists()


def test_where_the_guard_is_gone_it_says_so(address, monkeypatch):
    monkeypatch.setattr("bookings.proof.scenarios.overlapping_pairs", lambda: 1)
    with pytest.raises(CommandError, match="overlapping bookings"):
        proof(address)
