from datetime import timedelta

import pytest
from django.test import Client

from rooms import record
from rooms.models import Attendance, EndedReason, Meeting, ParticipantState
from rooms.services.meetings import end, leave
from tests.conftest import browser_of
from tests.rooms.people import ago, come_in, go, guest, member, running


@pytest.fixture
def met(room, alice, bob) -> Meeting:
    """An hour of Alice; Bob came twice, Gina once."""
    people = [come_in(room, visitor) for visitor in (member(alice), member(bob), guest(room))]
    meeting = running(room)
    end(meeting=meeting, reason=EndedReason.HOST)
    start = ago(hours=2)
    Meeting.objects.filter(pk=meeting.pk).update(started_at=start, ended_at=start + timedelta(hours=1))
    Attendance.objects.all().delete()
    for person, first, last in [(0, 0, 60), (1, 10, 20), (1, 30, 55), (2, 15, 40)]:
        Attendance.objects.create(
            participant=people[person],
            joined_at=start + timedelta(minutes=first),
            left_at=start + timedelta(minutes=last),
        )
    meeting.refresh_from_db()
    return meeting


def page_of(user, meeting) -> str:
    answer = browser_of(user).get(f"/meetings/{meeting.pk}/")
    assert answer.status_code == 200
    return answer.text


def test_everybody_is_there_with_every_stay(met):
    people = record.people(met)
    assert [(one.name, one.role, len(one.stays)) for one in people] == [
        ("Alice", "HOST", 1),
        ("Bob", "PARTICIPANT", 2),
        ("Gina", "GUEST", 1),
    ]
    assert [one.duration for one in people] == [timedelta(minutes=minutes) for minutes in (60, 35, 25)]


def test_the_page_says_who_when_how_long_and_why_it_ended(alice, met):
    page = page_of(alice, met)
    for words in ("Alice", "Bob", "Gina", "Host", "Guest", "1 h", "35 min", "25 min", "The host ended the meeting"):
        assert words in page
    for stay in Attendance.objects.all():
        assert f"{stay.joined_at:%H:%M:%S}" in page and f"{stay.left_at:%H:%M:%S}" in page


def test_a_picture_shows_each_stay_in_its_place(alice, met):
    page = page_of(alice, met)
    assert page.count('class="bar') == 4
    assert 'class="bar participant" x="16.67%"' in page and 'width="41.67%"' in page
    assert "style=" not in page


def test_times_are_in_the_zone_of_the_reader(bob, met):
    Meeting.objects.filter(pk=met.pk).update(started_at="2026-03-01T23:30:00Z", ended_at="2026-03-02T00:30:00Z")
    bob.time_zone = "Asia/Tokyo"
    bob.save()
    assert "March 2, 2026, 08:30" in page_of(bob, met)


def test_a_running_meeting_is_live_and_names_who_is_inside(alice, bob, room):
    come_in(room, member(alice))
    go(come_in(room, member(bob)))
    page = page_of(alice, running(room))
    assert ">Live<" in page and page.count(">Inside<") == 1


def test_host_and_those_who_were_in_it_may_read_it(alice, bob, met):
    page_of(alice, met)
    page_of(bob, met)


def test_who_was_removed_may_still_read_it(room, bob):
    person = come_in(room, member(bob))
    person.meeting = running(room)
    leave(participant=person, reason="removed", state=ParticipantState.REMOVED)
    page_of(bob, person.meeting)


@pytest.mark.parametrize("state", [ParticipantState.WAITING, ParticipantState.DENIED])
def test_who_never_got_in_may_not_and_is_not_listed(room, met, charlie, alice, state):
    met.participants.create(user=charlie, role="PARTICIPANT", state=state)
    assert browser_of(charlie).get(f"/meetings/{met.pk}/").status_code == 404
    assert "Charlie" not in page_of(alice, met)


def test_a_guest_has_no_record(met):
    answer = Client().get(f"/meetings/{met.pk}/")
    assert answer.url == f"/accounts/login/?next=/meetings/{met.pk}/"


def test_only_the_host_is_led_to_the_rooms_pages(alice, bob, room, met):
    assert f"/rooms/{room.code}/meetings/" in page_of(alice, met)
    assert room.code not in page_of(bob, met)


def test_names_are_text(room, alice):
    come_in(room, guest(room, "<script>alert(1)</script>"))
    page = page_of(alice, running(room))
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page


def test_nobody_changes_a_record(alice, met):
    assert browser_of(alice).post(f"/meetings/{met.pk}/").status_code == 405


def test_the_number_of_queries_does_not_grow_with_the_people(room, alice, django_assert_max_num_queries):
    for number in range(20):
        come_in(room, guest(room, f"Guest {number}"))
    with django_assert_max_num_queries(4):
        assert len(record.people(running(room))) == 20
