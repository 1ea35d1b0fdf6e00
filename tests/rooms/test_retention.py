"""How long the record of a meeting is kept, and what goes with it."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from audit.models import AuditEntry
from chat.models import Attachment, Message, Thread
from rooms import work
from rooms.models import Attendance, Hand, Meeting, MeetingState, Participant, Room
from rooms.services import retention
from rooms.services.hands import put_up
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.rooms.people import ago, come_in, go, guest, running, set_settings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def ended(room: Room, **before: int) -> Meeting:
    at = ago(**before)
    return Meeting.objects.create(room=room, state=MeetingState.ENDED, started_at=at - timedelta(hours=1), ended_at=at)


def pruned() -> str:
    said = io.StringIO()
    call_command("prune_records", stdout=said)
    return said.getvalue().strip()


@pytest.mark.parametrize("days", [30, 90, 365])
def test_the_day_on_which_it_goes(room, days):
    set_settings(room, records_kept=days)
    still = ended(room, days=days, minutes=-1)
    ended(room, days=days)
    ended(room, days=days + 1)
    assert pruned() == "Deleted the records of 2 meetings."
    assert list(Meeting.objects.all()) == [still]


def test_each_room_has_its_own_time(room, alice):
    another = create_room(host=alice)
    set_settings(room, records_kept=30)
    set_settings(another, records_kept=90)
    kept = ended(another, days=60)
    ended(room, days=60)
    pruned()
    assert list(Meeting.objects.all()) == [kept]


def test_unless_the_room_says_so_nothing_goes(room):
    ended(room, days=4000)
    assert pruned() == "Deleted the records of 0 meetings."


@pytest.mark.parametrize("state", [MeetingState.ACTIVE, MeetingState.SCHEDULED])
def test_what_has_not_ended_stays_however_old(room, state):
    set_settings(room, records_kept=30)
    Meeting.objects.create(room=room, state=state, started_at=ago(days=400), ended_at=ago(days=300))
    assert pruned() == "Deleted the records of 0 meetings."


def test_everything_goes_with_it_also_from_storage(room, uploads):
    set_settings(room, records_kept=30)
    gina = come_in(room, guest(room))
    put_up(gina)
    thread = Thread.objects.get(pk=gina.meeting_id)
    message = Message.objects.create(
        thread=thread, number=99, type="FILE", author_name="Gina", content="a.txt", client_id=gina.pk
    )
    file = Attachment.objects.create(
        message=message, file=ContentFile(b"to do", "a"), name="a.txt", size=5, content_type="text/plain"
    ).file
    with transaction.atomic():
        go(gina)
    Meeting.objects.update(state=MeetingState.ENDED, ended_at=ago(days=31))
    assert default_storage.exists(file.name)
    assert pruned() == "Deleted the records of 1 meetings."
    for model in (Meeting, Participant, Attendance, Hand, Thread, Message, Attachment):
        assert not model.objects.exists(), model
    assert [path for path in uploads.rglob("*") if path.is_file()] == []
    assert Room.objects.get() == room


def test_the_audit_trail_says_so(room):
    set_settings(room, records_kept=30)
    meeting = ended(room, days=31)
    pruned()
    entry = AuditEntry.objects.get(action="meeting.pruned")
    assert (entry.entity_id, entry.actor_id) == (str(meeting.pk), None)
    assert entry.changes == {"room": str(room.pk), "ended_on": f"{meeting.ended_at:%Y-%m-%d}"}


def test_of_two_processes_one_prunes(room):
    set_settings(room, records_kept=30)
    meeting = ended(room, days=31)
    assert [retention.prune(meeting_id=meeting.pk) for _ in range(2)] == [True, False]
    assert AuditEntry.objects.filter(action="meeting.pruned").count() == 1


def test_a_room_that_keeps_longer_meanwhile_keeps_it(room):
    set_settings(room, records_kept=30)
    ended(room, days=31)
    [found] = retention.due()
    set_settings(room, records_kept=90)
    assert retention.prune(meeting_id=found) is False
    assert Meeting.objects.exists()


def test_there_may_be_more_than_a_batch(room, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    set_settings(room, records_kept=30)
    for _ in range(5):
        ended(room, days=31)
    assert len(retention.due()) == 2
    assert pruned() == "Deleted the records of 5 meetings."


def test_the_periodic_job_prunes_and_is_not_stopped_by_one_that_fails(room, monkeypatch, caplog):
    set_settings(room, records_kept=30)
    wanted = [ended(room, days=days).pk for days in (33, 32, 31)]
    prune = retention.prune

    def failing(*, meeting_id):
        if meeting_id == wanted[0]:
            raise OSError("The disk is gone.")
        return prune(meeting_id=meeting_id)

    monkeypatch.setattr(retention, "prune", failing)
    work.prune_records()
    assert [meeting.pk for meeting in Meeting.objects.all()] == [wanted[0]]
    assert "could not be pruned" in caplog.text


def page_of(user, path: str) -> str:
    return browser_of(user).get(path).text


def test_the_record_says_until_when_it_is_kept(room, alice):
    set_settings(room, records_kept=90)
    meeting = ended(room, hours=1)
    Meeting.objects.update(started_at="2030-12-02T09:00:00Z", ended_at="2030-12-03T10:00:00Z")
    assert "Kept until March 3, 2031" in page_of(alice, f"/meetings/{meeting.pk}/")
    assert '"kept_until": "2031-03-03T10:00:00Z"' in page_of(alice, f"/meetings/{meeting.pk}/record.json")
    set_settings(room, records_kept=0)
    assert "Kept until the room is deleted" in page_of(alice, f"/meetings/{meeting.pk}/")


def test_the_record_of_a_running_meeting_says_for_how_long(room, alice):
    set_settings(room, records_kept=90)
    come_in(room, guest(room))
    assert "Kept for 90 days after the meeting" in page_of(alice, f"/meetings/{running(room).pk}/")


def test_the_settings_say_until_when_todays_record_is_kept(room, alice):
    url = f"/rooms/{room.code}/settings/"
    assert "meeting that ends today is kept until" not in page_of(alice, url)
    set_settings(room, records_kept=30)
    until = date_format(timezone.localdate() + timedelta(days=30))
    assert f"A meeting that ends today is kept until {until}." in page_of(alice, url)
