import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import timezone
from playwright.sync_api import expect

from rooms.models import Meeting, Participant, ParticipantState, Role
from rooms.services.rooms import close_room, set_locked
from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL
from tests.conftest import PASSWORD


@pytest.fixture
def gina(cast):
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    return cast.guest()


def change(room, **settings):
    for name, value in settings.items():
        setattr(room.settings, name, value)
    room.settings.save()


def inside(room, *people):
    """A meeting of these, without browsers."""
    meeting = Meeting.objects.create(room=room, started_at=timezone.now())
    for person in people:
        Participant.objects.create(meeting=meeting, user=person, role=Role.PARTICIPANT, state=ParticipantState.ADMITTED)


def test_a_code_that_does_not_exist(gina):
    answer = gina.page.goto(f"{gina.address}/join/abcd-efghj-kmnop/")

    assert answer.status == 404
    expect(gina.page.get_by_role("heading", level=1)).to_be_visible()
    expect(gina.page.get_by_role("link", name="Back to home")).to_be_visible()


def test_a_closed_room_is_closed_for_those_who_know_it_and_unknown_to_others(cast, gina, alice, room):
    close_room(room=room, actor=alice)

    gina.visit(room)
    gina.sees_heading("There is nothing here")
    gina.page.get_by_role("link", name="Back to home").click()
    expect(gina.page.get_by_label("Meeting code or link")).to_be_visible()

    cast.member(alice).visit(room).sees_heading("This room is closed")


def test_a_locked_room(gina, alice, room):
    set_locked(room=room, actor=alice, locked=True)

    gina.visit(room)

    gina.sees_heading("The meeting is locked")


def test_a_full_room(gina, alice, bob, room):
    change(room, max_participants=2)
    inside(room, alice, bob)

    gina.visit(room)

    gina.sees_heading("The meeting is full")


def test_signing_in_leads_back_to_the_room(gina, room, bob):
    change(room, allow_guest_access=False)
    bob.password = Argon2PasswordHasher().encode(PASSWORD, "saltsalt")  # the one that the server knows
    bob.save()

    gina.visit(room)
    gina.sees_heading("Sign in to join")
    gina.page.get_by_role("main").get_by_role("link", name="Sign in").click()
    gina.page.get_by_label("Email").fill(bob.email)
    gina.page.get_by_label("Password").fill(PASSWORD)
    gina.press("Sign in")

    gina.sees_heading("Weekly")
    gina.reads("You join as Bob")
    gina.enter()


def test_who_comes_before_the_host_gets_in_when_the_host_arrives(cast, gina, alice, room):
    change(room, wait_for_host=True)
    gina.visit(room)
    gina.sees_heading("The host is not here yet")

    host = cast.member(alice).join(room)

    expect(gina.page.get_by_label("Your name")).to_be_visible()  # by itself
    gina.page.get_by_label("Your name").fill("Gina")
    gina.enter()
    host.sees("Gina")
