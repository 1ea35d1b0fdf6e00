"""The numbers at the head of a record, and the picture of how many were there."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chat.models import Message, Thread
from rooms import totals
from rooms.models import Attendance, Hand, Meeting, MeetingState, Participant, Role
from rooms.record import Person, Stay
from tests.conftest import browser_of

START = datetime(2026, 3, 1, 10, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def there(*stays: tuple[float, float]) -> Person:
    spans = tuple(Stay(at(since), at(until), at(until)) for since, until in stays)
    return Person("Gina", "GUEST", "Guest", has_account=False, stays=spans, hands=())


def numbers(*people: Person) -> dict[str, float]:
    """Times in minutes."""
    found = {figure.name: figure.value for figure in totals.figures(people)}
    return {name: one / timedelta(minutes=1) if isinstance(one, timedelta) else one for name, one in found.items()}


@pytest.mark.parametrize(
    ("people", "most", "together"),
    [
        ([there((0, 60))], 1, 0),
        ([there((0, 60)), there((10, 20))], 2, 10),
        ([there((0, 60)), there((10, 20)), there((15, 30))], 3, 20),
        ([there((0, 60)), there((10, 20), (30, 55)), there((15, 40))], 3, 45),
        ([there((0, 10)), there((10, 20))], 1, 0),
        ([there((0, 10), (10, 20)), there((5, 15))], 2, 10),
        ([there((0, 10)), there((20, 30))], 1, 0),
        ([there((0, 60)), there((0, 60))], 2, 60),
        ([there((0, 60)), there((30, 30))], 1, 0),
        ([there((0, 60)), there((0, 60)), there((30, 20))], 2, 60),
    ],
)
def test_the_most_at_once_and_the_time_together(people, most, together):
    found = numbers(*people)
    assert (found["most_at_once"], found["together_seconds"]) == (most, together)


def test_the_time_of_all_and_on_average():
    found = numbers(there((0, 60)), there((10, 20), (30, 55)), there((15, 40)))
    assert (found["people"], found["total_seconds"], found["average_seconds"]) == (3, 120, 40)


def test_of_nobody_everything_is_nothing():
    assert set(numbers().values()) == {0}
    assert totals.steps([]) == []


def test_how_many_from_when_on():
    found = totals.steps([there((0, 60)), there((10, 20), (20, 30))])
    assert [(step.at, step.count) for step in found] == [
        (at(0), 1),
        (at(10), 2),
        (at(20), 2),
        (at(30), 1),
        (at(60), 0),
    ]
    assert totals.most(found).at == at(10)


@pytest.fixture
def met(room, alice) -> Meeting:
    """An hour of Alice; Gina for the first half, with a hand up from 10:05 for two minutes."""
    meeting = Meeting.objects.create(room=room, state=MeetingState.ENDED, started_at=START, ended_at=at(60))
    host = Participant.objects.create(meeting=meeting, user=alice, role=Role.HOST, state="LEFT")
    gina = Participant.objects.create(meeting=meeting, guest_name="Gina", seat_hash="0", role=Role.GUEST, state="LEFT")
    Attendance.objects.create(participant=host, joined_at=START, left_at=at(60))
    Attendance.objects.create(participant=gina, joined_at=START, left_at=at(30))
    Hand.objects.create(participant=gina, raised_at=at(5), lowered_at=at(7))
    thread = Thread.objects.create(pk=meeting.pk, meeting=meeting)
    kinds = [("SYSTEM", None), ("TEXT", None), ("TEXT", None), ("TEXT", at(9)), ("FILE", None)]
    for number, (kind, deleted_at) in enumerate(kinds):
        content = "" if deleted_at else "joined"
        Message.objects.create(
            thread=thread, number=number, type=kind, content=content, deleted_at=deleted_at, client_id=uuid4()
        )
    return meeting


def page_of(user, meeting: Meeting) -> str:
    return browser_of(user).get(f"/meetings/{meeting.pk}/").text


def figures_of(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", page))


def test_they_are_a_row_at_the_head_of_the_page(alice, met):
    page = page_of(alice, met)
    assert figures_of(page) == {
        "People": "2",
        "Most at once": "2",
        "Together": "30 min",
        "Total time": "1 h 30 min",
        "Average time": "45 min",
        "Hands raised": "1",
        "Messages": "2",
        "Files": "1",
    }
    assert page.index("<dl") < page.index("people-heading")


def test_they_are_in_the_json(alice, met):
    assert browser_of(alice).get(f"/meetings/{met.pk}/record.json").json()["totals"] == {
        "people": 2,
        "most_at_once": 2,
        "together_seconds": 1800,
        "total_seconds": 5400,
        "average_seconds": 2700,
        "hands": 1,
        "messages": 2,
        "files": 1,
    }


def test_a_picture_shows_how_many_were_there(alice, met):
    page = page_of(alice, met)
    assert 'aria-label="How many were there: at most 2, first at 10:00."' in page
    [area] = re.findall(r'class="presence" d="(.+?)"', page)
    assert area.startswith("M0 100 H0.0 V") and area.endswith("H500.0 V50.0 H1000.0 V100.0 V100 Z")


def test_nobody_there_is_no_row_and_no_picture(room, alice):
    meeting = Meeting.objects.create(room=room, state=MeetingState.ENDED, started_at=START, ended_at=at(1))
    page = page_of(alice, meeting)
    assert "Nobody was there." in page
    assert "<dl" not in page and "presence" not in page


def test_hands_stand_in_a_list_and_in_the_picture(alice, met):
    page = page_of(alice, met)
    listed = page[page.index("hands-heading") :]
    for words in ("Gina", ">10:05<", "2 min"):
        assert words in listed
    assert '<circle class="hand" cx="8.33%"' in page
    assert "<title>Gina raised a hand, 10:05, 2 min</title>" in page


def test_a_hand_that_is_up_is_said_to_be(alice, met):
    Hand.objects.update(lowered_at=None)
    assert ">Up<" in page_of(alice, met)


def test_without_hands_there_is_no_list_of_them(alice, met):
    Hand.objects.all().delete()
    page = page_of(alice, met)
    assert "hands-heading" not in page and "hand was raised" not in page


def test_hands_are_in_both_downloads(alice, met):
    browser = browser_of(alice)
    assert browser.get(f"/meetings/{met.pk}/record.json").json()["hands"] == [
        {"name": "Gina", "raised_at": "2026-03-01T10:05:00Z", "lowered_at": "2026-03-01T10:07:00Z", "seconds": 120}
    ]
    table = browser.get(f"/meetings/{met.pk}/record.csv").content.decode("utf-8-sig")
    assert "hand,Gina,,2026-03-01T10:05:00+00:00,2026-03-01T10:07:00+00:00,120,," in table.splitlines()
