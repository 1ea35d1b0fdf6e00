"""Every kind of page that people come to, and how to get there."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from audit.actions import Action
from audit.services import record as record_in_audit
from chat.models import Attachment, Message, MessageType, Thread
from rooms.models import Attendance, EndedReason, Hand, Meeting, MeetingState, Participant, ParticipantState, Role, Room
from rooms.services.rooms import close_room
from tests.browser.conftest import ANSWERED_WITH_A_REFUSAL, Cast
from tests.browser.people import Person
from tests.browser.places_of_organizations import PLACES_OF_ORGANIZATIONS
from tests.schedules.plans import scheduled

Way = Callable[[Cast, User, Room], Person]


def past_meeting(room: Room) -> Meeting:
    """An hour of the host; a guest came twice, raised a hand, was muted, and sent a file."""
    end = timezone.now()
    start = end - timedelta(hours=1)
    meeting = Meeting.objects.create(
        room=room, state=MeetingState.ENDED, started_at=start, ended_at=end, ended_reason=EndedReason.HOST
    )
    left = {"meeting": meeting, "state": ParticipantState.LEFT}
    host = Participant.objects.create(user=room.host, role=Role.HOST, **left)
    gina = Participant.objects.create(guest_name="Gina", seat_hash="0", role=Role.GUEST, **left)
    for person, since, until in ((host, 0, 60), (gina, 5, 20), (gina, 25, 55)):
        joined_at, left_at = start + timedelta(minutes=since), start + timedelta(minutes=until)
        Attendance.objects.create(participant=person, joined_at=joined_at, left_at=left_at)
    Hand.objects.create(participant=gina, raised_at=start + timedelta(minutes=30), lowered_at=end)
    record_in_audit(action=Action.PARTICIPANT_STOPPED, entity=gina, actor=room.host, source="microphone")
    thread = Thread.objects.create(pk=meeting.pk, meeting=meeting)
    said = {"thread": thread, "participant": gina, "author_name": "Gina"}
    Message.objects.create(number=1, content="Here is the plan", client_id=uuid4(), **said)
    file = Message.objects.create(number=2, type=MessageType.FILE, content="plan.pdf", client_id=uuid4(), **said)
    Attachment.objects.create(message=file, name="plan.pdf", size=12345, content_type="application/pdf")
    return meeting


def signed_out(path: str) -> Way:
    return lambda cast, alice, room: cast.guest().visit(path)


def signed_in(path: str) -> Way:
    return lambda cast, alice, room: cast.member(alice).visit(path.format(code=room.code))


def rooms(cast: Cast, alice: User, room: Room) -> Person:
    past_meeting(room)
    scheduled(room)
    return cast.member(alice).visit("/rooms/")


def scheduled_meeting(rest: str) -> Way:
    return lambda cast, alice, room: cast.member(alice).visit(f"/schedules/{scheduled(room).pk}/{rest}")


def record(cast: Cast, alice: User, room: Room) -> Person:
    return cast.member(alice).visit(f"/meetings/{past_meeting(room).pk}/")


def not_found(cast: Cast, alice: User, room: Room) -> Person:
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    return cast.guest().visit("/join/abcd-efghj-kmnop/")


def closed(cast: Cast, alice: User, room: Room) -> Person:
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    close_room(room=room, actor=alice)
    return cast.member(alice).visit(room)


def turned_away(cast: Cast, alice: User, room: Room) -> Person:
    cast.expects_complaints(ANSWERED_WITH_A_REFUSAL)
    room.settings.allow_guest_access = False
    room.settings.save()
    return cast.guest().visit(room)


def lobby(cast: Cast, alice: User, room: Room) -> Person:
    gina = cast.guest().stand_in_lobby(room)
    expect(gina.button("Turn off camera")).to_be_visible()
    return gina


def lobby_with_problems(cast: Cast, alice: User, room: Room) -> Person:
    gina = cast.guest(flags=("--use-fake-ui-for-media-stream",)).stand_in_lobby(room)
    expect(gina.page.get_by_role("alert").filter(has_text="No camera was found.")).to_be_visible()
    return gina


def alone(cast: Cast, alice: User, room: Room) -> Person:
    return cast.member(alice).join(room)


def call(cast: Cast, alice: User, room: Room) -> Person:
    host = alone(cast, alice, room)
    gina = cast.guest().join(room)
    gina.press("Raise hand")
    gina.press("Turn off camera")
    gina.sees("Alice")
    return host


def call_with_people(cast: Cast, alice: User, room: Room) -> Person:
    host = call(cast, alice, room)
    host.press("People, 2")
    return host


def call_with_settings(cast: Cast, alice: User, room: Room) -> Person:
    host = call_with_people(cast, alice, room)
    host.press("Meeting settings")
    return host


def call_with_spotlight(cast: Cast, alice: User, room: Room) -> Person:
    host = call_with_people(cast, alice, room)
    host.opens_for("Gina", "Spotlight Gina")
    host.press("More for Gina")
    return host


def call_with_renaming(cast: Cast, alice: User, room: Room) -> Person:
    host = call_with_people(cast, alice, room)
    host.opens_for("Gina", "Rename Gina")
    host.dialog("Rename Gina").get_by_role("textbox", name="Name").fill(" ")
    host.types("Enter")
    expect(host.dialog("Rename Gina").get_by_role("alert")).not_to_be_empty()
    return host


def call_with_removing(cast: Cast, alice: User, room: Room) -> Person:
    host = call_with_people(cast, alice, room)
    host.press("Remove Gina")
    return host


def call_suspended(cast: Cast, alice: User, room: Room) -> Person:
    host = call_with_people(cast, alice, room)
    host.press("Suspend everything")
    host.dialog("Suspend the meeting?").get_by_role("button", name="Suspend everything").click()
    host.is_told("The host has suspended the meeting.")
    host.press("Close people")
    return host


def call_with_chat(cast: Cast, alice: User, room: Room) -> Person:
    host = call(cast, alice, room)
    host.press("Chat")
    host.page.get_by_role("textbox", name="Message").fill("See https://example.org for the plan")
    host.press("Send")
    return host


def call_with_screen(cast: Cast, alice: User, room: Room) -> Person:
    host = alone(cast, alice, room)
    gina = cast.guest().join(room)
    host.press("Share screen")
    gina.sees("Screen of Alice", "Alice")
    return gina


def call_with_menu(cast: Cast, alice: User, room: Room) -> Person:
    host = alone(cast, alice, room)
    host.press("More options")
    return host


def call_with_devices(cast: Cast, alice: User, room: Room) -> Person:
    host = alone(cast, alice, room)
    host.opens("More options", "Devices")
    return host


def goodbye(cast: Cast, alice: User, room: Room) -> Person:
    gina = cast.guest().join(room)
    gina.press("Leave")
    gina.sees_heading("You left the meeting")
    return gina


PLACES: dict[str, Way] = {
    "home": signed_out("/"),
    "sign in": signed_out("/accounts/login/"),
    "sign up": signed_out("/accounts/signup/"),
    "forgotten password": signed_out("/accounts/password/reset/"),
    "join by code": signed_out("/join/?code=nonsense"),
    "profile": signed_in("/accounts/profile/"),
    "rooms": rooms,
    "no rooms yet": lambda cast, alice, room: (room.delete(), cast.member(alice).visit("/rooms/"))[1],
    "new room": signed_in("/rooms/new/"),
    "settings": signed_in("/rooms/{code}/settings/"),
    "schedule a meeting": signed_in("/rooms/{code}/schedule/"),
    "scheduled meeting": scheduled_meeting(""),
    "cancel a scheduled meeting": scheduled_meeting("cancel/"),
    "past meetings": signed_in("/rooms/{code}/meetings/"),
    "record": record,
    "not found": not_found,
    "closed": closed,
    "turned away": turned_away,
    "lobby": lobby,
    "lobby with problems": lobby_with_problems,
    "alone": alone,
    "call": call,
    "call with people": call_with_people,
    "call with settings": call_with_settings,
    "call with spotlight": call_with_spotlight,
    "call with renaming": call_with_renaming,
    "call with removing": call_with_removing,
    "call suspended": call_suspended,
    "call with chat": call_with_chat,
    "call with screen": call_with_screen,
    "call with menu": call_with_menu,
    "call with devices": call_with_devices,
    "goodbye": goodbye,
    **PLACES_OF_ORGANIZATIONS,
}
