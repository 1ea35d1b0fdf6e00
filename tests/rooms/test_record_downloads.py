import csv
import io
import json

import pytest
from django.test import Client

from rooms import record
from rooms.models import Attendance, Meeting
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.rooms.people import come_in, go, guest, member, running

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("http://evil.example")']


@pytest.fixture(autouse=True)
def no_providers(monkeypatch):
    monkeypatch.setattr(record, "_sections", {})


def table_of(user, meeting: Meeting) -> list[dict[str, str]]:
    answer = browser_of(user).get(f"/meetings/{meeting.pk}/record.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def json_of(user, meeting: Meeting) -> dict:
    answer = browser_of(user).get(f"/meetings/{meeting.pk}/record.json")
    assert answer["Content-Type"] == "application/json"
    return json.loads(answer.content)


def test_the_table_has_the_meeting_and_every_stay(alice, room):
    come_in(room, member(alice))
    gina = guest(room)
    go(come_in(room, gina))
    come_in(room, gina)
    rows = table_of(alice, running(room))
    assert [(row["kind"], row["name"], row["role"]) for row in rows] == [
        ("meeting", "Weekly", ""),
        ("stay", "Alice", "HOST"),
        ("stay", "Gina", "GUEST"),
        ("stay", "Gina", "GUEST"),
    ]
    assert [bool(row["until"]) for row in rows] == [False, False, True, False]


def test_the_table_has_the_rows_of_every_section(alice, room):
    come_in(room, guest(room))
    record.register(
        "chat", lambda meeting, reader: [{"at": "2026-03-01T10:15:00", "author": "Gina", "content": "Hi, all"}]
    )
    row = table_of(alice, running(room))[-1]
    assert (row["kind"], row["name"], row["from"], row["content"]) == ("chat", "Gina", "2026-03-01T10:15:00", "Hi, all")


def test_whom_a_row_is_for_has_a_column(alice, room):
    come_in(room, guest(room))
    record.register(
        "chat", lambda meeting, reader: [{"author": "Gina", "content": "Hi", "to": "Alice"}, {"content": "."}]
    )
    assert [row["to"] for row in table_of(alice, running(room))[-2:]] == ["Alice", ""]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_begins_like_a_formula(alice, formula):
    room = create_room(host=alice, name=formula)
    come_in(room, guest(room, formula))
    record.register("chat", lambda meeting, reader: [{"author": formula, "content": formula}])
    cells = [cell for row in table_of(alice, running(room)) for cell in row.values()]
    assert cells.count(f"'{formula}") == 4
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝"))]


def test_text_that_only_contains_such_characters_is_kept(alice, room):
    come_in(room, guest(room, "Anna-Lena = x@y"))
    assert table_of(alice, running(room))[-1]["name"] == "Anna-Lena = x@y"


def test_the_json_has_everything(alice, room):
    come_in(room, member(alice))
    go(come_in(room, guest(room)))
    record.register("chat", lambda meeting, reader: [{"number": 1, "content": "=1"}])
    got = json_of(alice, running(room))
    assert got["meeting"]["name"] == "Weekly" and got["meeting"]["state"] == "ACTIVE"
    assert [(one["name"], one["role"], one["account"]) for one in got["people"]] == [
        ("Alice", "HOST", True),
        ("Gina", "GUEST", False),
    ]
    left = [stay["left_at"] for one in got["people"] for stay in one["stays"]]
    assert left[0] is None and left[1] is not None
    assert got["chat"] == [{"number": 1, "content": "=1"}]


def test_lengths_are_in_seconds(alice, room):
    meeting = come_in(room, member(alice)).meeting
    Meeting.objects.filter(pk=meeting.pk).update(
        state="ENDED", started_at="2026-03-01T10:00:00Z", ended_at="2026-03-01T11:00:00Z"
    )
    Attendance.objects.update(joined_at="2026-03-01T10:00:00Z", left_at="2026-03-01T10:30:00Z")
    got = json_of(alice, meeting)
    assert (got["meeting"]["seconds"], got["people"][0]["seconds"]) == (3600, 1800)
    assert [row["seconds"] for row in table_of(alice, meeting)] == ["3600", "1800"]


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_it_is_a_file_named_after_the_meeting(alice, ending):
    room = create_room(host=alice, name='Wéekly "sync" / 1\r\nX: y')
    meeting = come_in(room, member(alice)).meeting
    Meeting.objects.filter(pk=meeting.pk).update(started_at="2026-03-01T10:00:00Z")
    answer = browser_of(alice).get(f"/meetings/{meeting.pk}/record.{ending}")
    assert answer["Content-Disposition"] == f'attachment; filename="weekly-sync-1-x-y-2026-03-01-1000.{ending}"'


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_no_secret_is_in_it(alice, room, ending):
    connection = come_in(room, guest(room)).connection
    text = browser_of(alice).get(f"/meetings/{running(room).pk}/record.{ending}").content.decode()
    seat = running(room).participants.get().seat_hash
    assert not [secret for secret in (room.code, seat, str(connection.token), alice.email) if secret in text]


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_file_is_only_for_those_who_may_read_the_record(alice, bob, charlie, room, ending):
    meeting = come_in(room, member(bob)).meeting
    url = f"/meetings/{meeting.pk}/record.{ending}"
    assert [browser_of(user).get(url).status_code for user in (alice, bob, charlie)] == [200, 200, 404]
    assert Client().get(url).url == f"/accounts/login/?next={url}"
    assert browser_of(alice).post(url).status_code == 405
