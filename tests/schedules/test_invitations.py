"""Invitations, changes and cancellations come by mail with a calendar file; read back with another pair of eyes."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from accounts.services import delete_account
from mail import delivery
from mail.models import Mail
from rooms.schedules.services import cancel_schedule, change_schedule
from rooms.services.rooms import change_link, close_room, delete_room
from tests.schedules.mails import calendar, deliver, event, parts
from tests.schedules.plans import at, last_sunday, plan, scheduled

BOB, CAROL = "bob@example.org", "carol@example.org"


def change(schedule, actor, starts_at=None, **changes):
    starts_at = starts_at or schedule.starts_at
    return change_schedule(schedule=schedule, actor=actor, plan=plan(starts_at, **changes))


def test_everybody_gets_an_invitation_of_their_own(room, alice, settings):
    settings.PUBLIC_URL = "https://meet.example.org"
    schedule = scheduled(room, at(5, 4, 7), invitees=(BOB, CAROL), note="Bring, numbers;\nand cake")
    first, second = deliver()
    assert (first.to, second.to) == ([BOB], [CAROL])
    assert first.subject == "Invitation: Review" and first.reply_to == ["alice@example.org"]
    assert f"https://meet.example.org{room.join_path}" in first.body
    assert "Alice invites you" in first.body and "09:00–10:00 (Europe/Berlin)" in first.body
    assert parts(first)["text/calendar"].get_param("method") == "REQUEST"
    assert parts(first)["application/ics"].get_filename() == "invite.ics"
    found = event(first)
    assert calendar(first)["METHOD"] == "REQUEST" and str(schedule.uid) in found["UID"]
    assert (found.decoded("dtstart"), found.decoded("dtend")) == (at(5, 4, 7), at(5, 4, 8))
    assert found["ATTENDEE"] == f"mailto:{BOB}" and CAROL not in first.message().as_string()
    assert found["ORGANIZER"] == "mailto:meet@localhost" and found["ORGANIZER"].params["CN"] == "Alice"
    assert found["DESCRIPTION"].endswith("Bring, numbers;\nand cake")


def test_a_plan_that_is_rolled_back_sends_nothing(room):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        scheduled(room, invitees=(BOB,))
        raise ZeroDivisionError
    assert deliver() == []


def test_a_change_keeps_the_uid_and_counts_the_sequence(room, alice):
    schedule = scheduled(room, invitees=(BOB,))
    [invitation] = deliver()
    change(schedule, alice, title="Retro", invitees=(BOB, CAROL))
    to_carol, to_bob = sorted(deliver(), key=lambda one: one.subject, reverse=True)
    assert (to_bob.to, to_bob.subject) == ([BOB], "Changed: Retro")
    assert (to_carol.to, to_carol.subject) == ([CAROL], "Invitation: Retro")
    assert event(to_bob)["UID"] == event(to_carol)["UID"] == event(invitation)["UID"]
    assert [event(one)["SEQUENCE"] for one in (invitation, to_bob)] == [0, 1]
    assert calendar(to_bob)["METHOD"] == "REQUEST" and event(to_bob).decoded("dtstamp")


def test_who_is_no_longer_invited_is_told_and_nobody_else(room, alice):
    schedule = scheduled(room, invitees=(BOB, CAROL))
    deliver()
    change(schedule, alice, invitees=(BOB,))
    [told] = deliver()
    assert told.to == [CAROL] and calendar(told)["METHOD"] == "CANCEL"


def test_a_reminder_that_is_chosen_is_no_news(room, alice):
    schedule = scheduled(room, invitees=(BOB,))
    deliver()
    change(schedule, alice, invitees=(BOB,), reminder=10)
    assert deliver() == []


def test_a_cancellation_has_the_same_uid(room, alice):
    schedule = scheduled(room, invitees=(BOB,))
    [invitation] = deliver()
    cancel_schedule(schedule=schedule, actor=alice)
    [told] = deliver()
    assert parts(told)["text/calendar"].get_param("method") == calendar(told)["METHOD"] == "CANCEL"
    assert event(told)["UID"] == event(invitation)["UID"] and event(told)["SEQUENCE"] == 1
    assert event(told)["STATUS"] == "CANCELLED" and "Join:" not in told.body


def test_who_was_not_told_yet_is_not_told_that_it_is_off(room, alice):
    schedule = scheduled(room, invitees=(BOB,))
    cancel_schedule(schedule=schedule, actor=alice)
    assert deliver() == [] and not Mail.objects.exists()


def test_who_may_have_been_told_is_told_that_it_is_off(room, alice):
    schedule = scheduled(room, invitees=(BOB,))
    claimed = delivery.claim()  # by a process that is sending now
    cancel_schedule(schedule=schedule, actor=alice)
    delivery.settle(claimed, "")
    assert [one.subject for one in deliver()] == ["Cancelled: Review"]


def test_a_series_carries_its_zone_and_rule(room):
    first = (last_sunday(3) - timedelta(days=2)).replace(hour=9, tzinfo=ZoneInfo("Europe/Berlin"))
    scheduled(room, first, rrule="FREQ=DAILY;COUNT=5", invitees=(BOB,))
    [invitation] = deliver()
    found = event(invitation)
    assert found["DTSTART"].params["TZID"] == "Europe/Berlin" and found.decoded("dtstart").hour == 9
    assert found["RRULE"].to_ical() == b"FREQ=DAILY;COUNT=5"
    [zone] = calendar(invitation).walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Berlin" and zone.walk("DAYLIGHT")
    assert len(invitation.message().as_bytes()) < 10_000  # not every change of the clocks since 1970


def test_a_new_link_is_sent_and_the_old_one_is_not(room, alice):
    old = room.join_path
    scheduled(room, invitees=(BOB,))
    room = change_link(room=room, actor=alice)  # before the invitation left
    [told] = deliver()
    assert (
        told.subject == "Invitation: Review" and room.join_path in told.body and old not in told.message().as_string()
    )
    assert event(told)["LOCATION"].endswith(room.join_path)


def test_a_room_that_closes_or_goes_calls_its_meetings_off(room, alice):
    scheduled(room, invitees=(BOB,))
    deliver()
    close_room(room=room, actor=alice)
    assert [one.subject for one in deliver()] == ["Cancelled: Review"]
    delete_room(room=room, actor=alice)
    assert deliver() == []


def test_mail_outlives_the_room_and_the_account(room, alice):
    scheduled(room, invitees=(BOB,))
    deliver()
    delete_room(room=room, actor=alice)
    delete_account(user=alice)
    assert [one.subject for one in deliver()] == ["Cancelled: Review"]


def test_an_account_that_goes_calls_its_meetings_off(room, alice):
    scheduled(room, invitees=(BOB,))
    deliver()
    delete_account(user=alice)
    assert [one.subject for one in deliver()] == ["Cancelled: Review"]


def test_names_and_titles_add_no_headers(room, alice):
    alice.display_name = 'Al"ice;\r\nBcc: eve@example.org'
    alice.save()
    title = "Review\r\nBcc: eve@example.org\r\nMETHOD:CANCEL"
    scheduled(room, title=title, note="x\r\nEND:VCALENDAR\r\nATTENDEE:mailto:eve@example.org", invitees=(BOB,))
    [told] = deliver()
    message = told.message()
    assert message["Bcc"] is None and told.recipients() == [BOB]
    assert message["Subject"] == "Invitation: Review Bcc: eve@example.org METHOD:CANCEL"
    assert calendar(told)["METHOD"] == "REQUEST" and event(told)["ATTENDEE"] == f"mailto:{BOB}"


def test_lines_of_the_file_are_folded_and_long_names_survive(room):
    title = "Besprechung über Äpfel 🍎 " * 4
    scheduled(room, title=title.strip(), note="ä" * 1000, invitees=(BOB,))
    [told] = deliver()
    lines = parts(told)["application/ics"].get_payload(decode=True).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert event(told)["SUMMARY"] == title.strip()
