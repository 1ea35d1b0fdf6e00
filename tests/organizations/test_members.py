"""Roles change, people leave and are removed, and one administrator always stays."""

import pytest

from accounts.models import User
from audit.models import AuditEntry
from organizations.models import Membership, Organization
from tests.conftest import PASSWORD, browser_of
from tests.organizations.people import joins, role_of

PEOPLE = "/organizations/acme/people/"


def refused(answer, code: str) -> bool:
    return answer.status_code == 403 and f'data-refusal="{code}"' in answer.text


def test_an_administrator_changes_a_role(acme, bob, host_page):
    membership = joins(acme, bob)
    host_page.post(f"{PEOPLE}{membership.pk}/role/", {"role": "ADMIN"})
    assert role_of(bob, acme) == "ADMIN"
    assert AuditEntry.objects.get(action="membership.changed").changes["role"] == ["MEMBER", "ADMIN"]


def test_a_role_that_is_none_is_refused(acme, bob, host_page):
    membership = joins(acme, bob)
    answer = host_page.post(f"{PEOPLE}{membership.pk}/role/", {"role": "OWNER"})
    assert refused(answer, "membership.role-unknown") and role_of(bob, acme) == "MEMBER"


def test_an_administrator_removes_somebody_who_is_a_stranger_from_then_on(acme, bob, host_page, bobs_page):
    membership = joins(acme, bob)
    assert bobs_page.get(PEOPLE).status_code == 200
    host_page.post(f"{PEOPLE}{membership.pk}/remove/")
    assert bobs_page.get(PEOPLE).status_code == 404
    assert AuditEntry.objects.get(action="membership.removed").changes["name"] == "Bob"


def test_a_member_leaves(acme, bob, bobs_page):
    joins(acme, bob, "VIEWER")
    assert bobs_page.post(f"{PEOPLE}leave/").url == "/organizations/"
    assert role_of(bob, acme) is None


@pytest.mark.parametrize("verb", ["role", "remove"])
def test_members_change_nobody(acme, alice, bob, bobs_page, verb):
    joins(acme, bob)
    answer = bobs_page.post(f"{PEOPLE}{Membership.objects.get(user=alice).pk}/{verb}/", {"role": "VIEWER"})
    assert refused(answer, "organization.admins-only") and role_of(alice, acme) == "ADMIN"


def test_the_last_administrator_stays_one(acme, alice, bob, host_page):
    joins(acme, bob)
    own = Membership.objects.get(user=alice).pk
    for answer in (
        host_page.post(f"{PEOPLE}{own}/role/", {"role": "MEMBER"}),
        host_page.post(f"{PEOPLE}{own}/remove/"),
        host_page.post(f"{PEOPLE}leave/"),
    ):
        assert refused(answer, "organization.last-admin")
    assert role_of(alice, acme) == "ADMIN"


def test_one_of_two_administrators_goes(acme, alice, bob, host_page):
    joins(acme, bob, "ADMIN")
    host_page.post(f"{PEOPLE}leave/")
    assert role_of(alice, acme) is None


def test_an_administrator_who_cannot_sign_in_does_not_count(acme, alice, bob, host_page):
    bob.is_active = False
    bob.save()
    joins(acme, bob, "ADMIN")
    assert refused(host_page.post(f"{PEOPLE}leave/"), "organization.last-admin")


def test_an_account_of_the_last_administrator_among_others_is_not_deleted(acme, alice, bob, host_page):
    joins(acme, bob)
    answer = host_page.post("/accounts/profile/delete/", {"password": PASSWORD})
    assert refused(answer, "organization.last-admin") and "Acme" in answer.text
    assert User.objects.filter(pk=alice.pk).exists()


def test_an_operator_is_told_why_an_account_stays(acme, alice, bob, oscar):
    joins(acme, bob)
    page = browser_of(oscar).post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"}, follow=True)
    assert "Acme would be left without an administrator" in page.text
    chosen = {"action": "delete_selected", "_selected_action": [bob.pk, alice.pk], "post": "yes"}
    page = browser_of(oscar).post("/admin/accounts/user/", chosen, follow=True)
    assert "Acme would be left without an administrator" in page.text
    assert User.objects.filter(pk__in=[alice.pk, bob.pk]).count() == 2


def test_a_member_who_deletes_their_account_leaves(acme, bob, bobs_page):
    joins(acme, bob)
    bobs_page.post("/accounts/profile/delete/", {"password": PASSWORD})
    assert [one.user.display_name for one in Membership.objects.all()] == ["Alice"]


def test_what_nobody_else_belongs_to_goes_with_the_account(acme, host_page):
    host_page.post("/accounts/profile/delete/", {"password": PASSWORD})
    assert not User.objects.exists() and not Organization.objects.exists()
