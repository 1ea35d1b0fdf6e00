import pytest

from rooms.forms import SETTINGS
from rooms.models import Room, RoomSettings
from rooms.services.rooms import change_room
from tests.conftest import browser_of
from tests.rooms.posts import form_of

LABELS = {
    "Room name": "name",
    "Waiting room": "waiting_room",
    "Message for people who wait": "waiting_message",
    "Wait for the host": "wait_for_host",
    "Open only at scheduled times": "only_when_scheduled",
    "Allow chat": "allow_chat",
    "Allow screen sharing": "allow_screen_share",
    "Allow reactions": "allow_reactions",
    "Allow guests": "allow_guest_access",
    "Allow unmuting": "allow_unmute",
    "Allow cameras": "allow_camera",
    "Mute participants on join": "mute_participants_on_join",
    "Cameras off on join": "camera_off_on_join",
    "Maximum participants": "max_participants",
    "Show participants before joining": "show_participants_before_join",
    "Media": "engine",
    "Allow files": "allow_files",
    "Allow private messages": "allow_private_messages",
    "When no host is left": "without_host",
    "Keep meeting records": "records_kept",
}
OTHERS = {
    "waiting_room": "EVERYONE",
    "waiting_message": "One moment!",
    "wait_for_host": True,
    "only_when_scheduled": True,
    "allow_chat": False,
    "allow_screen_share": False,
    "allow_reactions": False,
    "allow_guest_access": False,
    "allow_unmute": False,
    "allow_camera": False,
    "mute_participants_on_join": True,
    "camera_off_on_join": True,
    "max_participants": 7,
    "show_participants_before_join": False,
    "engine": "MESH",
    "allow_files": False,
    "allow_private_messages": False,
    "without_host": "END",
    "records_kept": 90,
}


def save(user, room, **changes):
    return browser_of(user).post(f"/rooms/{room.code}/settings/", form_of(room, **changes))


def test_the_form_has_every_setting_there_is():
    own = {field.name for field in RoomSettings._meta.get_fields()} - {"id", "room", "created_at", "updated_at"}
    assert set(SETTINGS) == own == set(OTHERS)


@pytest.mark.parametrize("label", LABELS)
def test_each_control_has_its_label(alice, room, label):
    page = browser_of(alice).get(f"/rooms/{room.code}/settings/")
    field = page.context["form"][LABELS[label]]
    assert f'<label for="{field.id_for_label}">{label}</label>' in page.text


def test_what_is_on_or_off_is_a_switch(alice, room):
    page = browser_of(alice).get(f"/rooms/{room.code}/settings/").text
    assert page.count('type="checkbox"') == page.count('role="switch"') == 13


@pytest.mark.parametrize("setting", OTHERS)
def test_each_setting_is_saved_and_nothing_else_changes(alice, room, setting):
    before = {field: getattr(room.settings, field) for field in SETTINGS}
    answer = save(alice, room, **{setting: OTHERS[setting]})
    assert answer.url == f"/rooms/{room.code}/settings/"
    saved = RoomSettings.objects.get(room=room)
    assert {field: getattr(saved, field) for field in SETTINGS} == before | {setting: OTHERS[setting]}


def test_a_stale_page_undoes_nothing(alice, room):
    stale = form_of(room, name="Monthly")
    change_room(room=room, actor=alice, settings={"allow_chat": False, "max_participants": 9})
    assert browser_of(alice).post(f"/rooms/{room.code}/settings/", stale).status_code == 302
    after = Room.objects.select_related("settings").get()
    assert (after.name, after.settings.allow_chat, after.settings.max_participants) == ("Monthly", False, 9)


def test_the_page_says_what_it_showed(alice, room):
    page = browser_of(alice).get(f"/rooms/{room.code}/settings/").text
    assert page.count('name="initial-') == len(SETTINGS) + 1


def test_saving_says_so(alice, room):
    page = browser_of(alice).post(f"/rooms/{room.code}/settings/", form_of(room), follow=True)
    assert "The settings are saved." in page.text


def test_a_room_can_be_renamed(alice, room):
    save(alice, room, name="Monthly")
    assert Room.objects.get().name == "Monthly"


def test_a_room_needs_a_name(alice, room):
    assert "Give the room a name." in save(alice, room, name="  ").text
    assert Room.objects.get().name == "Weekly"


@pytest.mark.parametrize("seats", [1, 0, -3, 101, 100000, "many", "", "2.5"])
def test_seats_outside_the_range_are_refused_with_the_range(alice, room, seats):
    page = save(alice, room, max_participants=seats, allow_chat=False)
    assert "Choose a whole number from 2 to 100." in page.text and "aria-describedby" in page.text
    saved = RoomSettings.objects.get(room=room)
    assert (saved.max_participants, saved.allow_chat) == (50, True)


@pytest.mark.parametrize("seats", [2, 100])
def test_the_ends_of_the_range_are_in_it(alice, room, seats):
    save(alice, room, max_participants=seats)
    assert RoomSettings.objects.get(room=room).max_participants == seats


@pytest.mark.parametrize("field", ["waiting_room", "engine", "without_host"])
def test_an_unknown_choice_is_refused(alice, room, field):
    assert save(alice, room, **{field: "NONSENSE"}).status_code == 200
    assert getattr(RoomSettings.objects.get(room=room), field) in {"OFF", "AUTO", "CONTINUE"}


def test_no_field_of_the_room_itself_can_be_slipped_in(alice, bob, room):
    save(alice, room, host=bob.pk, code="mine", is_active="", is_locked="on")
    after = Room.objects.get()
    assert (after.host, after.code, after.is_active, after.is_locked) == (alice, room.code, True, False)


def test_an_error_further_down_is_announced_at_the_top(alice, room):
    page = save(alice, room, max_participants=1).text
    assert 'role="alert"' in page and '<a href="#id_max_participants">Show me</a>' in page
    assert 'role="alert"' not in browser_of(alice).get(f"/rooms/{room.code}/settings/").text
