"""Two administrators who leave at once: one stays."""

import pytest

from organizations.models import Membership, Organization
from organizations.people.invitations import accept, invite
from organizations.people.services import change_role, leave, remove
from organizations.services import create_organization
from tests.conftest import person
from tests.organizations.people import invited, joins
from tests.rooms.test_hosts_race import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_administrators_leave(acme, alice, bob):
    both = [Membership.objects.get(user=alice), joins(acme, bob, "ADMIN")]
    assert at_once(*[lambda one=one: leave(membership=one) for one in both]) == {
        "done": 1,
        "organization.last-admin": 1,
    }
    assert Membership.objects.admins().count() == 1


def test_many_administrators_demote_and_remove_each_other(acme, alice):
    others = [joins(acme, person(f"Admin{number}"), "ADMIN") for number in range(7)]
    everybody = [Membership.objects.get(user=alice), *others]
    deeds = [
        (lambda one=one: change_role(membership=one, actor=alice, role="VIEWER"))
        if number % 2
        else (lambda one=one: remove(membership=one, actor=alice))
        for number, one in enumerate(everybody)
    ]
    assert at_once(*deeds) == {"done": 7, "organization.last-admin": 1}
    assert Membership.objects.admins().count() == 1


def test_an_invitation_is_taken_up_once(acme, bob):
    token = invited(acme, "bob@example.org").split("/")[2]
    outcomes = at_once(*[lambda: accept(token=token, user=bob)] * 5)
    assert outcomes == {"done": 1, "invitation.over": 4}
    assert Membership.objects.filter(user=bob).count() == 1


def test_inviting_one_address_at_once_leaves_one_invitation(acme, alice):
    deeds = [lambda: invite(organization=acme, actor=alice, email="bob@example.org", role="MEMBER")] * 5
    assert at_once(*deeds) == {"done": 5}
    assert acme.invitations.count() == 1


def test_an_address_is_given_once(alice):
    deeds = [lambda: create_organization(creator=alice, name="Acme", slug="acme")] * 5
    assert at_once(*deeds) == {"done": 1, "organization.address-taken": 4}
    assert Organization.objects.count() == 1
