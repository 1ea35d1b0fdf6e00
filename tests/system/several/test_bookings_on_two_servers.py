import pytest

from tests.system.test_bookings_from_many_people import proof

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_overlaps_wherever_people_ask(two_servers):
    assert "No two bookings overlap." in proof(*(server.url for server in two_servers))
