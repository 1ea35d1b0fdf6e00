"""What an operator sees of rooms, and does to them."""

import pytest
from django.contrib.admin import site

from audit.models import AuditEntry
from rooms.codes import masked
from rooms.models import Attendance, Connection, EndedReason, Hand, Meeting, Participant, Room, RoomSettings
from rooms.schedules.models import Invitee, Schedule
from rooms.services.hands import put_up
from rooms.services.rooms import change_room
from tests.conftest import browser_of
from tests.rooms.people import come_in, guest, member, running
from tests.schedules.plans import scheduled

MODELS = [Room, RoomSettings, Meeting, Participant, Attendance, Hand, Connection, Schedule, Invitee]


@pytest.fixture
def operator(oscar):
    return browser_of(oscar)


@pytest.fixture
def secrets(room, bob) -> list[str]:
    """Somebody of every kind inside, and what must not be seen of it."""
    come_in(room, member(bob))
    scheduled(room, invitees=("bob@example.org",))
    sitting = come_in(room, guest(room))
    put_up(sitting)
    Connection.objects.update(session_key="the-session-key-of-somebody")
    return [room.code, sitting.seat_hash, str(sitting.connection.token), "the-session-key-of-somebody"]


def address(model, page: str, *args) -> str:
    return f"/admin/rooms/{model._meta.model_name}/" + (f"{args[0]}/{page}/" if args else "")


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_listed_searched_and_opened_without_its_secrets(operator, secrets, model):
    pages = [operator.get(address(model, "")), operator.get(address(model, "") + "?q=Weekly")]
    pages += [operator.get(address(model, "change", one.pk)) for one in model.objects.all()]
    assert model in site._registry and len(pages) > 2
    for page in pages:
        assert page.status_code == 200
        assert not [secret for secret in secrets if secret in page.text]


def test_a_room_shows_the_beginning_of_its_code(operator, room):
    assert masked(room.code) in operator.get("/admin/rooms/room/").text


def test_who_is_no_operator_is_not_let_in(bob):
    assert browser_of(bob).get("/admin/rooms/room/").status_code == 302


def act(operator, model, action: str, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return operator.post(address(model, ""), data, follow=True)


def test_a_meeting_is_ended_and_says_by_whom(operator, room, oscar, secrets):
    meeting = running(room)
    assert act(operator, Meeting, "end_meetings", meeting).status_code == 200
    meeting.refresh_from_db()
    assert (meeting.state, meeting.ended_reason) == ("ENDED", EndedReason.ADMINISTRATOR)
    assert AuditEntry.objects.get(action="meeting.ended").actor_id == oscar.pk


def test_ending_what_has_ended_does_nothing(operator, room, secrets):
    meeting = running(room)
    act(operator, Meeting, "end_meetings", meeting)
    ended_at = Meeting.objects.get().ended_at
    act(operator, Meeting, "end_meetings", meeting)
    assert Meeting.objects.get().ended_at == ended_at
    assert AuditEntry.objects.filter(action="meeting.ended").count() == 1


def test_rooms_are_closed_and_reopened(operator, room, secrets):
    act(operator, Room, "close_rooms", room)
    assert not Room.objects.get().is_active and Meeting.objects.get().state == "ENDED"
    act(operator, Room, "reopen_rooms", room)
    assert Room.objects.get().is_active


def test_a_room_whose_host_is_gone_is_not_reopened(operator, room):
    Room.objects.update(host=None, is_active=False)
    act(operator, Room, "reopen_rooms", room)
    assert not Room.objects.get().is_active


def room_form(operator, room, **changes) -> dict[str, object]:
    page = operator.get(address(Room, "change", room.pk))
    inline = page.context["inline_admin_formsets"][0].formset
    data = {f"{inline.prefix}-{name}": value for name, value in inline.management_form.initial.items()}
    form = inline.forms[0]
    data |= {form.add_prefix(name): form[name].value() for name in form.fields}
    data |= {form[name].html_initial_name: str(form[name].value()) for name in form.fields}
    data["name"] = data["initial-name"] = page.context["adminform"].form["name"].value()
    data |= {name if name == "name" else form.add_prefix(name): value for name, value in changes.items()}
    return {name: value for name, value in data.items() if value is not False and value is not None}


def test_name_and_settings_are_changed_through_the_service(operator, room, oscar):
    data = room_form(operator, room, name="Renamed", allow_chat=False, max_participants=9)
    assert operator.post(address(Room, "change", room.pk), data).status_code == 302
    after = Room.objects.select_related("settings").get()
    assert (after.name, after.settings.allow_chat, after.settings.max_participants) == ("Renamed", False, 9)
    entry = AuditEntry.objects.get(action="room.changed")
    assert entry.actor_id == oscar.pk and set(entry.changes) == {"name", "allow_chat", "max_participants"}


def test_a_stale_page_undoes_nothing(operator, room, alice):
    stale = room_form(operator, room, name="Renamed")
    change_room(room=room, actor=alice, settings={"allow_chat": False})
    assert operator.post(address(Room, "change", room.pk), stale).status_code == 302
    after = Room.objects.select_related("settings").get()
    assert (after.name, after.settings.allow_chat) == ("Renamed", False)


def test_seats_have_their_range_here_too(operator, room):
    page = operator.post(address(Room, "change", room.pk), room_form(operator, room, max_participants=101))
    assert page.status_code == 200 and RoomSettings.objects.get().max_participants == 50


def test_a_room_is_deleted_with_its_meetings(operator, room, secrets):
    page = operator.post(address(Room, "delete", room.pk), {"post": "yes"}, follow=True)
    assert page.status_code == 200 and not Room.objects.exists() and not Meeting.objects.exists()
    assert AuditEntry.objects.filter(action="room.deleted").exists()


@pytest.mark.parametrize("model", [Meeting, Participant, Attendance, Hand, Connection])
def test_facts_are_not_edited_added_or_deleted(operator, secrets, model):
    one = model.objects.first()
    assert operator.post(address(model, "change", one.pk), {}).status_code == 403
    assert operator.post(address(model, "delete", one.pk), {"post": "yes"}).status_code == 403
    assert operator.get(address(model, "") + "add/").status_code == 403
