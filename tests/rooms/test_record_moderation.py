"""What hosts did stands in the record, in words, for hosts alone."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services import delete_account
from audit.actions import Action
from audit.models import AuditEntry
from audit.services import record
from rooms import moderation
from rooms.models import EndedReason, Meeting, Participant, Role
from rooms.moderation import DEPENDS_ON, OF_ONESELF, SENTENCES, deeds
from rooms.services.meetings import end
from rooms.services.rooms import change_room
from tests.conftest import browser_of
from tests.rooms.people import come_in, go, guest, member, running

HEADING = "What hosts did"


@pytest.fixture
def host(room, alice) -> Participant:
    return come_in(room, member(alice))


@pytest.fixture
def gina(room, host) -> Participant:
    return come_in(room, guest(room))


def words(meeting: Meeting) -> list[str]:
    return [deed.text for deed in deeds(meeting)]


@pytest.mark.parametrize(
    ("action", "changes", "text"),
    [
        ("participant.stopped", {"source": "microphone"}, "Alice muted Gina."),
        ("participant.stopped", {"source": "camera"}, "Alice turned off the camera of Gina."),
        ("participant.stopped", {"source": "screen"}, "Alice stopped the screen share of Gina."),
        ("participant.asked-to-unmute", {}, "Alice asked Gina to unmute."),
        ("participant.hand-lowered", {}, "Alice lowered the hand of Gina."),
        ("participant.renamed", {"name": ["Gina", "Ms {who} 100%"]}, "Alice renamed Gina to Ms {who} 100%."),
        ("participant.spotlighted", {"on": True}, "Alice put Gina in the spotlight."),
        ("participant.spotlighted", {"on": False}, "Alice took Gina out of the spotlight."),
        ("participant.sent-back", {"meeting": "…"}, "Alice sent Gina back to the waiting room."),
        ("participant.role-changed", {"role": "COHOST"}, "Alice made Gina a co-host."),
        ("participant.role-changed", {"role": "PARTICIPANT"}, "Alice made Gina a participant again."),
        ("participant.removed", {"may_return": True}, "Alice removed Gina, who may come back."),
        ("participant.removed", {"may_return": False}, "Alice removed Gina for the rest of the meeting."),
        ("participant.removed", {}, "Alice removed Gina."),
    ],
)
def test_what_was_done_to_somebody(host, gina, alice, action, changes, text):
    record(action=action, entity=gina, actor=alice, **changes)
    assert words(host.meeting) == [text]


@pytest.mark.parametrize(
    ("action", "changes", "text"),
    [
        ("meeting.muted", {"may_unmute": True}, "Alice muted everyone."),
        ("meeting.muted", {"may_unmute": False}, "Alice muted everyone and let nobody unmute."),
        ("meeting.hands-lowered", {}, "Alice lowered all hands."),
        ("meeting.suspended", {}, "Alice suspended everyone's activities."),
        ("meeting.resumed", {}, "Alice let the meeting go on."),
        ("meeting.ended", {"reason": "HOST"}, "Alice ended the meeting."),
        ("participant.admitted", {"participant": "all"}, "Alice let everyone in who waited."),
        (
            "participant.denied",
            {"participant": "11111111-1111-4111-8111-111111111111"},
            "Alice did not let somebody in.",
        ),
    ],
)
def test_what_was_done_to_the_meeting(host, alice, action, changes, text):
    record(action=action, entity=host.meeting, actor=alice, **changes)
    assert words(host.meeting) == [text]


@pytest.mark.parametrize(
    ("action", "verb"), [("participant.admitted", "let Gina in"), ("participant.denied", "did not let Gina in")]
)
def test_who_waited_has_a_name(host, gina, alice, action, verb):
    record(action=action, entity=host.meeting, actor=alice, participant=str(gina.pk))
    [deed] = deeds(host.meeting)
    assert (deed.who, deed.whom, deed.text) == ("Alice", "Gina", f"Alice {verb}.")


@pytest.mark.parametrize(
    ("action", "changes", "text"),
    [
        ("participant.role-changed", {"role": "HOST"}, "Alice took the host's role back."),
        ("participant.role-changed", {"role": "COHOST"}, "Alice stayed as a co-host."),
        ("participant.spotlighted", {"on": True}, "Alice went into the spotlight."),
    ],
)
def test_what_somebody_did_about_themselves(host, alice, action, changes, text):
    record(action=action, entity=host, actor=alice, **changes)
    assert words(host.meeting) == [text]


def test_an_action_without_words_is_named(host, gina, alice):
    record(action="participant.praised", entity=gina, actor=alice)
    record(action="meeting.praised", entity=host.meeting, actor=alice)
    assert words(host.meeting) == ["Alice: participant.praised Gina", "Alice: meeting.praised"]


def test_settings_that_changed_while_it_ran_have_their_labels(room, alice, host):
    change_room(room=room, actor=alice, name="Daily", settings={"allow_chat": False, "waiting_room": "GUESTS"})
    assert words(host.meeting) == ["Alice changed the room: Allow chat: off, Room name: Daily, Waiting room: Guests."]


def test_before_and_after_the_meeting_the_room_is_another_matter(room, alice):
    change_room(room=room, actor=alice, name="Before", settings={})
    meeting = come_in(room, member(alice)).meeting
    end(meeting=meeting, reason=EndedReason.EMPTY)
    change_room(room=room, actor=alice, name="After", settings={})
    meeting.refresh_from_db()
    assert words(meeting) == []


def test_another_meeting_of_the_room_has_its_own(room, alice, host):
    record(action=Action.MEETING_MUTED, entity=host.meeting, actor=alice, may_unmute=True)
    end(meeting=host.meeting, reason=EndedReason.HOST, actor=alice)
    come_in(room, member(alice))
    assert words(running(room)) == []


def test_what_nobody_did_and_what_was_refused_are_not_deeds(host, gina, alice):
    record(action=Action.COMMAND_REFUSED, entity=host, actor=alice, command="room.lock", code="role.insufficient")
    assert "meeting.started" in AuditEntry.objects.values_list("action", flat=True)
    assert words(host.meeting) == []


def test_who_did_it_may_have_gone(room, alice, bob, host):
    cohost = come_in(room, member(bob))
    Participant.objects.filter(pk=cohost.pk).update(role=Role.COHOST)
    record(action=Action.MEETING_HANDS_LOWERED, entity=host.meeting, actor=bob)
    delete_account(user=bob)
    assert words(host.meeting) == ["Somebody whose account is gone lowered all hands."]


def test_every_action_about_people_and_meetings_has_words_and_none_is_made_up():
    worded = {action for action, _case in SENTENCES}
    about = {one.value for one in Action if one.value.startswith(("participant.", "meeting."))}
    assert about - worded <= set(moderation.NOT_SHOWN)
    assert worded | DEPENDS_ON.keys() | {action for action, _case in OF_ONESELF} <= {one.value for one in Action}


@pytest.fixture
def met(room, alice, bob, host, gina) -> Meeting:
    """Alice hosted, Bob was there, Gina was muted."""
    go(come_in(room, member(bob)))
    record(action=Action.PARTICIPANT_STOPPED, entity=gina, actor=alice, source="microphone")
    return host.meeting


def seen(user, meeting: Meeting) -> list[bool]:
    """On the page, in the table and in the JSON."""
    browser = browser_of(user)
    page = browser.get(f"/meetings/{meeting.pk}/").text
    table = browser.get(f"/meetings/{meeting.pk}/record.csv").content.decode("utf-8-sig")
    kinds = [row["kind"] for row in csv.DictReader(io.StringIO(table, newline=""))]
    given = json.loads(browser.get(f"/meetings/{meeting.pk}/record.json").content)
    assert ("Alice muted Gina." in page) is (HEADING in page)
    return [HEADING in page, "moderation" in kinds, "moderation" in given]


def test_the_host_and_co_hosts_see_it(alice, bob, met):
    Participant.objects.filter(meeting=met, user=bob).update(role=Role.COHOST)
    assert seen(alice, met) == seen(bob, met) == [True] * 3


def test_the_owner_of_the_room_who_was_not_there_sees_it(room, alice, bob):
    meeting = come_in(room, member(bob)).meeting
    record(action=Action.MEETING_MUTED, entity=meeting, actor=bob, may_unmute=True)
    assert HEADING in browser_of(alice).get(f"/meetings/{meeting.pk}/").text


def test_who_took_part_reads_the_rest(bob, met):
    assert seen(bob, met) == [False] * 3


def test_a_co_host_of_another_meeting_does_not(room, alice, bob, met):
    end(meeting=met, reason=EndedReason.HOST)
    come_in(room, member(alice))
    other = come_in(room, member(bob))
    Participant.objects.filter(pk=other.pk).update(role=Role.COHOST)
    assert seen(bob, met) == [False] * 3


@pytest.mark.parametrize("rest", ["", "record.csv", "record.json"])
def test_strangers_and_guests_read_nothing(charlie, met, rest):
    url = f"/meetings/{met.pk}/{rest}"
    assert browser_of(charlie).get(url).status_code == 404
    assert Client().get(url).url == f"/accounts/login/?next={url}"


def test_the_files_say_who_whom_and_when(alice, met):
    browser = browser_of(alice)
    [deed] = json.loads(browser.get(f"/meetings/{met.pk}/record.json").content)["moderation"]
    at = deed.pop("at")
    assert deed == {"action": "participant.stopped", "who": "Alice", "whom": "Gina", "text": "Alice muted Gina."}
    assert timezone.now() - timezone.datetime.fromisoformat(at) < timedelta(minutes=1)
    table = browser.get(f"/meetings/{met.pk}/record.csv").content.decode("utf-8-sig")
    row = list(csv.DictReader(io.StringIO(table, newline="")))[-1]
    assert (row["kind"], row["name"], row["to"], row["content"]) == (
        "moderation",
        "Alice",
        "Gina",
        "Alice muted Gina.",
    )


def test_names_in_it_are_text(room, alice, host):
    person = come_in(room, guest(room, "<b>G</b>"))
    record(action=Action.PARTICIPANT_STOPPED, entity=person, actor=alice, source="camera")
    page = browser_of(alice).get(f"/meetings/{host.meeting_id}/").text
    assert "the camera of &lt;b&gt;G&lt;/b&gt;." in page


def test_the_number_of_queries_does_not_grow_with_what_was_done(host, gina, alice, django_assert_max_num_queries):
    for _ in range(20):
        record(action=Action.PARTICIPANT_STOPPED, entity=gina, actor=alice, source="microphone")
    with django_assert_max_num_queries(3):
        assert len(deeds(host.meeting)) == 20
