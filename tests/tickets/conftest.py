"""Alice administers an organization with Bob as its member; Charlie administers another one."""

import pytest

from bookings.spaces.models import Space
from bookings.tickets.services import Report, open_ticket
from organizations.models import Membership, MembershipRole, Organization
from organizations.services import create_organization
from tests.conftest import browser_of, person
from tests.organizations.people import joins


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def acme(alice, bob) -> Organization:
    organization = create_organization(creator=alice, name="Acme")
    joins(organization, bob)
    return organization


@pytest.fixture
def elsewhere(charlie) -> Organization:
    return create_organization(creator=charlie, name="Elsewhere")


@pytest.fixture
def admin(acme, alice) -> Membership:
    return acme.memberships.select_related("organization", "user").get(user=alice)


@pytest.fixture
def member(acme, bob) -> Membership:
    return acme.memberships.select_related("organization", "user").get(user=bob)


@pytest.fixture
def dora(acme) -> Membership:
    """Another member, with no part in any ticket at first."""
    return joins(acme, person("Dora"))


@pytest.fixture
def viewer(acme) -> Membership:
    return joins(acme, person("Vera"), MembershipRole.VIEWER)


@pytest.fixture
def space(acme) -> Space:
    return Space.objects.create(organization=acme, name="Aquarium", capacity=8, time_zone="Europe/Paris")


@pytest.fixture
def ticket(member, space):
    return open_ticket(reporter=member, report=Report(title="The projector is dark", space=space))


@pytest.fixture
def viewers_page(viewer):
    return browser_of(viewer.user)


@pytest.fixture
def doras_page(dora):
    return browser_of(dora.user)
