"""The audit trail as operators take it along, and see whether it is whole."""

import csv
import io
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from audit.actions import Action
from audit.chain import seal
from audit.models import AuditEntry
from audit.services import record
from tests.conftest import browser_of

LIST = "/admin/audit/auditentry/"


@pytest.fixture
def operator(oscar):
    return browser_of(oscar)


@pytest.fixture
def entries(alice, bob):
    record(action=Action.ROOM_CLOSED, entity=alice, actor=alice, name="Weekly")
    record(action=Action.ROOM_LOCKED, entity=bob, actor=bob)
    seal()


def exported(operator, query=""):
    answer = operator.get(f"{LIST}export/{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def test_all_entries_as_a_table(operator, entries):
    rows = exported(operator)
    assert len(rows) == AuditEntry.objects.count()
    [closed] = [row for row in rows if row["action"] == "room.closed"]
    assert (closed["changes"], len(closed["hash"]), closed["entity"]) == ('{"name": "Weekly"}', 64, "accounts.user")


def test_only_what_the_list_is_filtered_to(operator, entries, alice):
    assert [row["action"] for row in exported(operator, "?action=room.locked")] == ["room.locked"]
    assert {row["actor_id"] for row in exported(operator, f"?q={alice.email}")} == {str(alice.pk)}


def test_the_list_links_to_itself_as_a_table(operator, entries):
    page = operator.get(f"{LIST}?action=room.locked")
    assert f'href="{LIST}export/?action=room.locked"' in page.text


def test_no_cell_is_a_formula(operator, alice):
    AuditEntry.objects.create(action="=1+1", entity="@SUM(A1)", entity_id="+1", user_agent="-2", changes={})
    [row] = exported(operator, "?q==1")
    assert [row[name] for name in ("action", "entity", "entity_id", "user_agent")] == [
        "'=1+1",
        "'@SUM(A1)",
        "'+1",
        "'-2",
    ]


def test_a_filter_that_is_none_leads_back_to_the_list(operator, entries):
    assert operator.get(f"{LIST}export/?at__gte=nonsense").status_code == 302


def test_only_who_may_see_entries_takes_them_along(alice, charlie, entries):
    charlie.is_staff = True
    charlie.save()
    for client, status in ((Client(), 302), (browser_of(alice), 302), (browser_of(charlie), 403)):
        assert client.get(f"{LIST}export/").status_code == status
        assert client.post(f"{LIST}verify/").status_code == status


def test_a_whole_trail_is_said_to_be(operator, entries):
    assert "The audit trail is whole." in operator.post(f"{LIST}verify/", follow=True).text


def test_a_changed_entry_is_named(operator, entries):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET entity_id = 'x' WHERE number = 1")
    page = operator.post(f"{LIST}verify/", follow=True)
    assert "Entry 1 (" in page.text
    assert "is whole" not in page.text


def test_verifying_is_asked_for_and_not_followed(operator, entries):
    assert operator.get(f"{LIST}verify/").status_code == 405


def test_entries_outlive_who_they_speak_of(operator, entries):
    gone = uuid4()
    AuditEntry.objects.create(actor_id=gone, action="room.closed", entity="rooms.room", entity_id="gone")
    [row] = exported(operator, "?q=gone")
    assert (row["actor"], row["actor_id"]) == ("", str(gone))
