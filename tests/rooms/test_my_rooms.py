import pytest

from rooms.models import Meeting
from rooms.services.rooms import close_room, create_room, set_locked
from tests.conftest import browser_of
from tests.rooms.people import ago, come_in, go, guest, member, running


def listed(browser, url: str = "/rooms/") -> list[str]:
    return [room.name for room in browser.get(url).context["rooms"]]


def test_the_page_lists_my_rooms_and_nobody_elses(alice, bob, room):
    create_room(host=bob, name="Of Bob")
    page = browser_of(alice).get("/rooms/")
    assert [one.name for one in page.context["rooms"]] == ["Weekly"]
    assert room.code in page.text and "Of Bob" not in page.text


def test_the_link_to_copy_is_whole(alice, room):
    page = browser_of(alice).get("/rooms/")
    assert f'data-copy="http://testserver/join/{room.code}/"' in page.text


def test_a_room_with_people_inside_is_live_and_can_be_joined(alice, room):
    browser = browser_of(alice)
    assert ">Start</a>" in browser.get("/rooms/").text
    come_in(room, member(alice))
    come_in(room, guest(room))
    page = browser.get("/rooms/").text
    assert "Live, 2 people" in page and ">Join</a>" in page and ">Start</a>" not in page


def test_who_left_is_not_counted(alice, room):
    come_in(room, member(alice))
    go(come_in(room, guest(room)))
    assert "Live, 1 person<" in browser_of(alice).get("/rooms/").text


def test_people_of_earlier_meetings_are_not_counted(alice, bob, room):
    come_in(room, member(bob))
    Meeting.objects.filter(pk=running(room).pk).update(state="ENDED", ended_at=ago())
    assert browser_of(alice).get("/rooms/").context["rooms"][0].people_inside == 0


def test_live_rooms_come_first_and_closed_ones_last(alice):
    old, live, closed = (create_room(host=alice, name=name) for name in ("Old", "Live", "Closed"))
    create_room(host=alice, name="New")
    come_in(live, guest(live))
    close_room(room=closed, actor=alice)
    assert listed(browser_of(alice)) == ["Live", "New", "Old", "Closed"]


def test_a_closed_room_is_shown_as_closed_and_cannot_be_started(alice, room):
    close_room(room=room, actor=alice)
    page = browser_of(alice).get("/rooms/").text
    assert "Closed" in page and ">Start</a>" not in page and "data-copy" not in page


def test_a_locked_room_is_shown_as_locked(alice, room):
    set_locked(room=room, actor=alice, locked=True)
    assert "Locked" in browser_of(alice).get("/rooms/").text


def test_twenty_rooms_stand_on_a_page(alice):
    for number in range(21):
        create_room(host=alice, name=f"Room {number:02}")
    browser = browser_of(alice)
    assert listed(browser)[0] == "Room 20" and len(listed(browser)) == 20
    assert listed(browser, "/rooms/?rooms=2") == ["Room 00"]
    assert listed(browser, "/rooms/?rooms=nonsense")[0] == "Room 20"


def test_somebody_new_is_told_what_a_room_is(alice):
    page = browser_of(alice).get("/rooms/").text
    assert "No rooms yet" in page and "Meetings you host or attend are listed here." in page


@pytest.mark.parametrize("rooms", [1, 15])
def test_the_number_of_queries_does_not_grow_with_the_rooms(alice, bob, rooms, django_assert_max_num_queries):
    for number in range(rooms):
        room = create_room(host=alice, name=f"Room {number}")
        come_in(room, member(bob))
        come_in(room, guest(room))
    browser = browser_of(alice)
    with django_assert_max_num_queries(8):
        page = browser.get("/rooms/").text
    assert page.count("Live, 2 people") == rooms
