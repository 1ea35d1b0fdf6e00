"""Alice administers an organization with Bob as its member; Charlie administers another one."""

import pytest

from bookings.spaces.models import Space
from organizations.models import Membership, MembershipRole, Organization
from tests.conftest import browser_of, person
from tests.tickets.reports import belongs


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def acme(alice, bob) -> Organization:
    organization = Organization.objects.create(name="Acme", slug="acme")
    belongs(alice, organization, MembershipRole.ADMIN)
    belongs(bob, organization, MembershipRole.MEMBER)
    return organization


@pytest.fixture
def elsewhere(charlie) -> Organization:
    organization = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    belongs(charlie, organization, MembershipRole.ADMIN)
    return organization


@pytest.fixture
def admin(acme, alice) -> Membership:
    return acme.memberships.select_related("organization", "user").get(user=alice)


@pytest.fixture
def member(acme, bob) -> Membership:
    return acme.memberships.select_related("organization", "user").get(user=bob)


@pytest.fixture
def dora(acme) -> Membership:
    """Another member, with no part in any ticket at first."""
    return belongs(person("Dora"), acme, MembershipRole.MEMBER)


@pytest.fixture
def viewer(acme) -> Membership:
    return belongs(person("Vera"), acme, MembershipRole.VIEWER)


@pytest.fixture
def space(acme) -> Space:
    return Space.objects.create(organization=acme, name="Aquarium", capacity=8, time_zone="Europe/Paris")


@pytest.fixture
def ticket(member, space):
    from bookings.tickets.services import Report, open_ticket

    return open_ticket(reporter=member, report=Report(title="The projector is dark", space=space))


@pytest.fixture
def viewers_page(viewer):
    return browser_of(viewer.user)


@pytest.fixture
def doras_page(dora):
    return browser_of(dora.user)
