import pytest
from allauth.account.models import EmailAddress

from accounts.services import delete_account
from rooms.schedules.models import Schedule
from rooms.schedules.services import cancel_schedule
from rooms.services.rooms import close_room, create_room, delete_room
from tests.conftest import browser_of
from tests.schedules.plans import scheduled, soon


def upcoming(user) -> list[str]:
    return [one.title for one in browser_of(user).get("/rooms/").context["upcoming"]]


def proven(user) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def test_the_next_dates_of_all_plans_come_in_order(alice, room):
    scheduled(room, soon(hours=2), title="Daily", rrule="FREQ=DAILY;COUNT=3")
    scheduled(room, soon(hours=3), title="Once")
    assert upcoming(alice) == ["Daily", "Once", "Daily", "Daily"]
    page = browser_of(alice).get("/rooms/").text
    assert "Upcoming" in page and f'href="{room.join_path}"' in page and ">Edit</a>" in page


def test_twenty_are_listed(alice, room):
    scheduled(room, rrule="FREQ=DAILY;COUNT=30")
    assert len(upcoming(alice)) == 20


def test_what_is_over_or_cancelled_is_not_listed(alice, room):
    scheduled(room, soon(hours=-1), minutes=90, title="Runs")
    over = scheduled(room, title="Over")
    Schedule.objects.filter(pk=over.pk).update(starts_at=soon(days=-2), ends_at=soon(days=-1), over_at=soon(days=-1))
    cancel_schedule(schedule=scheduled(room, title="Cancelled"), actor=alice)
    assert upcoming(alice) == ["Runs"]


def test_an_invitation_is_listed_for_who_proved_the_address(alice, bob, room):
    scheduled(room, invitees=("bob@example.org",))
    assert upcoming(bob) == []  # whoever signs up with a stranger's address does not get their links
    proven(bob)
    assert upcoming(bob) == ["Review"]
    assert (
        "pencil" not in browser_of(bob).get("/rooms/").text and ">Edit</a>" not in browser_of(bob).get("/rooms/").text
    )


def test_somebody_elses_plans_are_not_listed(alice, charlie, room):
    scheduled(room, invitees=("bob@example.org",))
    proven(charlie)
    assert upcoming(charlie) == []


def test_a_room_that_closes_or_goes_takes_its_plans_along(alice, room):
    scheduled(room)
    other = create_room(host=alice, name="Other")
    scheduled(other)
    close_room(room=room, actor=alice)
    assert Schedule.objects.get(room=room).is_cancelled and not Schedule.objects.get(room=other).is_cancelled
    delete_room(room=other, actor=alice)
    assert upcoming(alice) == []


def test_an_account_that_is_deleted_cancels_its_plans(alice, room):
    planned = scheduled(room)
    delete_account(user=alice)
    planned.refresh_from_db()
    assert planned.is_cancelled and planned.organizer is None


@pytest.mark.parametrize("plans", [1, 15])
def test_the_number_of_queries_does_not_grow_with_the_plans(alice, room, plans, django_assert_max_num_queries):
    proven(alice)
    for number in range(plans):
        scheduled(room, title=f"Plan {number}", invitees=("alice@example.org",))
    browser = browser_of(alice)
    with django_assert_max_num_queries(10):
        page = browser.get("/rooms/").text
    assert page.count(">Edit</a>") == plans
