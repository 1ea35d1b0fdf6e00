"""Administrators read what happened in their organization, and nothing of others."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db.models import QuerySet

from audit.chain import seal
from audit.models import AuditEntry
from organizations.services import change_organization
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.organizations.people import invited, joins

AUDIT = "/organizations/acme/audit/"


def forge(**changes) -> None:
    QuerySet.update(AuditEntry.objects.filter(action="organization.created", changes__slug="acme"), **changes)


@pytest.fixture
def busy(acme, initech, alice, bob, charlie):
    joins(acme, bob, "ADMIN")
    change_organization(organization=acme, actor=bob, changes={"name": "Acme Ltd"})
    invited(acme, "dora@example.org")
    change_organization(organization=initech, actor=charlie, changes={"name": "Secret plans"})
    create_room(host=alice, name="Sales", organization=acme)
    create_room(host=alice, name="Private")
    seal()
    return acme


def numbers(found) -> set[str]:
    return {row["action"] for row in found}


def exported(browser, query: str = "") -> list[dict]:
    return browser.get(f"{AUDIT}entries.json{query}").json()["entries"]


def test_its_entries_are_listed_and_no_others(busy, host_page):
    page = host_page.get(AUDIT).text
    assert "Acme → Acme Ltd" in page and "dora@example.org" in page and "Sales" in page
    assert "Secret plans" not in page and "Private" not in page and "account.created" not in page


@pytest.mark.parametrize("path", ["", "entries.csv", "entries.json"])
def test_members_are_refused(acme, bob, bobs_page, path):
    joins(acme, bob)
    assert bobs_page.get(AUDIT + path).status_code == 403


def test_filters(busy, bob, host_page):
    assert numbers(exported(host_page)) == {
        "organization.created",
        "organization.changed",
        "invitation.sent",
        "room.created",
    }
    assert numbers(exported(host_page, "?action=room.created")) == {"room.created"}
    assert numbers(exported(host_page, f"?person={bob.pk}")) == {"organization.changed"}
    today = datetime.now(UTC).date()
    assert len(exported(host_page, f"?since={today}&until={today}")) == 4
    assert exported(host_page, "?until=2020-01-01") == exported(host_page, "?since=nonsense") == []
    assert exported(host_page, "?action=account.created") == []


def test_days_are_the_readers(acme, alice, host_page):
    alice.time_zone = "Pacific/Apia"  # 13 hours ahead of UTC
    alice.save()
    forge(at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    page = host_page.get(f"{AUDIT}?since=2026-03-02&until=2026-03-02").text
    assert "1 entry" in page
    assert "0 entries" in host_page.get(f"{AUDIT}?until=2026-03-01").text


def test_csv_has_the_same_rows_and_no_formulas(acme, alice, host_page):
    change_organization(organization=acme, actor=alice, changes={"name": "=cmd()"})
    alice.display_name = "=1+1"
    alice.save()
    answer = host_page.get(f"{AUDIT}entries.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="audit-acme.csv"'
    found = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["actor"] for row in found] == ["'=1+1", "'=1+1"]
    assert found[0]["action"] == "organization.changed" and "=cmd()" in found[0]["changes"]


def test_who_deleted_their_account_is_still_an_actor(acme, bob, host_page):
    joins(acme, bob)
    browser_of(bob).post("/organizations/acme/people/leave/")
    bob.delete()
    page = host_page.get(AUDIT).text
    assert "membership.left" in page and "Deleted account" in page


def test_a_whole_trail_is_said_to_be_whole(busy, host_page):
    page = host_page.post(f"{AUDIT}check/", follow=True).text
    assert "The audit trail is whole" in page


def test_an_entry_that_was_changed_is_named(busy, host_page):
    forge(changes={"name": "Other"})
    AuditEntry.objects.get(action="organization.created", changes__name="Other")
    page = host_page.post(f"{AUDIT}check/", follow=True).text
    assert "was changed after it was written" in page and "The audit trail is whole" not in page


def test_of_others_only_that_something_is_wrong_is_told(busy, initech, host_page):
    entry = AuditEntry.objects.get(organization=initech.pk, action="organization.changed")
    QuerySet.update(AuditEntry.objects.filter(pk=entry.pk), changes={"name": "Other"})
    page = host_page.post(f"{AUDIT}check/", follow=True).text
    assert "1 entry elsewhere missing or changed" in page and str(entry.pk) not in page


def test_checking_is_not_repeated_without_end(acme, host_page):
    answers = [host_page.post(f"{AUDIT}check/").status_code for _ in range(7)]
    assert answers == [302] * 6 + [429]
