import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from bookings.models import Attendee, Slot
from bookings.spaces.models import Space
from bookings.states import BookingState
from bookings.tickets.access import warning_for
from mail.models import Mail
from tests.schedules.mails import deliver
from tests.tickets.reports import QUEUE, arranges, at, booked, moves, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(acme):
    return Space.objects.create(organization=acme, name="Cellar", capacity=2)


def blocks(page, ticket):
    return arranges(page, ticket, is_blocking="on")


def test_it_warns_of_its_space_until_it_is_solved(host_page, ticket, space, other):
    assert warning_for([space, other]) == {}
    blocks(host_page, ticket)
    assert warning_for([space, other]) == {space.pk: [ticket]}
    assert warning_for([other]) == {}
    moves(host_page, ticket, "IN_PROGRESS")
    assert warning_for([space]) == {space.pk: [ticket]}
    moves(host_page, ticket, "RESOLVED")
    assert warning_for([space]) == {}
    moves(host_page, ticket, "OPEN")
    assert warning_for([space]) == {space.pk: [ticket]}
    arranges(host_page, ticket, is_blocking=None)
    assert warning_for([space]) == {}


def test_one_question_to_the_database_whatever_the_spaces(host_page, ticket, space, other, django_assert_num_queries):
    blocks(host_page, ticket)
    with django_assert_num_queries(1):
        warning_for([space, other])


def test_the_warning_is_in_words(host_page, ticket, space):
    blocks(host_page, ticket)
    words = render_to_string(
        "bookings/tickets/warning.html", {"tickets": warning_for([space])[space.pk], "space": space}
    )
    assert "Aquarium may not be usable." in words and "The projector is dark" in words
    assert render_to_string("bookings/tickets/warning.html", {"tickets": None, "space": space}).strip() == ""


def test_a_ticket_about_no_space_blocks_nothing(host_page, ticket):
    ticket.space = None
    ticket.save()
    assert "is_blocking" not in host_page.get(at(ticket)).content.decode()
    arranges(host_page, ticket, is_blocking="on")
    ticket.refresh_from_db()
    assert not ticket.is_blocking


def test_lists_say_which_bookings_it_concerns(host_page, bobs_page, ticket, space, other, bob):
    booked(space, bob, title="Budget")
    booked(other, bob, title="Elsewhere")
    booked(space, bob, days=-2, title="Long ago")
    marked = r"Budget</a>(?:(?!<h3).)*May not be usable"
    for page, address in ((bobs_page, "/bookings/"), (host_page, "/organizations/acme/bookings/")):
        assert "May not be usable" not in page.get(address).content.decode()
        blocks(host_page, ticket)
        words = page.get(address).content.decode()
        assert re.search(marked, words, re.DOTALL) and words.count("May not be usable") == 1
        moves(host_page, ticket, "RESOLVED")
        moves(host_page, ticket, "OPEN")
        arranges(host_page, ticket, is_blocking=None)


def test_administrators_see_which_bookings_it_concerns(host_page, bobs_page, ticket, space, other, bob):
    booked(space, bob, title="Budget", is_private=True)
    booked(space, bob, days=30, title="Far away", state=BookingState.PENDING)
    booked(space, bob, days=-2, title="Long ago")
    booked(space, bob, days=2, title="Called off", state=BookingState.CANCELLED)
    booked(other, bob, days=2, title="Elsewhere")
    moved = booked(space, bob, days=3, title="Moved away")
    Slot.objects.filter(booking=moved).update(is_held=False)

    blocks(host_page, ticket)

    shown = host_page.get(at(ticket)).content.decode()
    assert "Budget" in shown and "Far away" in shown
    assert not any(title in shown for title in ("Long ago", "Called off", "Elsewhere", "Moved away"))
    assert "Budget" not in bobs_page.get(at(ticket)).content.decode()
    moves(host_page, ticket, "RESOLVED")
    assert "Bookings concerned" not in host_page.get(at(ticket)).content.decode()


def test_whoever_reads_a_booking_is_warned_until_the_space_can_be_used(
    host_page, bobs_page, viewers_page, strangers_page, charlie, ticket, space, other, bob
):
    later, elsewhere = booked(space, bob, days=30), booked(other, bob, days=30)
    over, off = booked(space, bob, days=-2), booked(space, bob, days=3, state=BookingState.CANCELLED)
    Attendee.objects.create(booking=later, email=charlie.email)
    EmailAddress.objects.update_or_create(user=charlie, email=charlie.email, defaults={"verified": True})
    blocks(host_page, ticket)

    def is_warned(page, booking) -> bool:
        answer = page.get(f"/bookings/{booking.pk}/")
        assert answer.status_code == 200
        return "Aquarium may not be usable." in answer.text and "The projector is dark" in answer.text

    assert all(is_warned(page, later) for page in (host_page, bobs_page, viewers_page, strangers_page))
    assert not any(is_warned(bobs_page, one) for one in (elsewhere, over, off))
    moves(host_page, ticket, "RESOLVED")
    assert not is_warned(bobs_page, later)


def test_times_are_those_of_the_space(host_page, ticket, space, bob):
    begins = (timezone.now() + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    booked(space, bob, starts_at=begins, ends_at=begins + timedelta(hours=1))
    blocks(host_page, ticket)
    hour = begins.astimezone(space.zone).hour
    shown = host_page.get(at(ticket)).content.decode()
    assert f"{hour}:00–{hour + 1}:00" in shown and "Europe/Paris" in shown
    assert "12:00–" in shown  # Alice's own
    User.objects.update(time_zone="Europe/Rome")
    assert "for you" in shown and "for you" not in host_page.get(at(ticket)).text


def test_who_booked_it_for_the_next_week_gets_one_mail(host_page, ticket, space, bob, dora, alice):
    booked(space, bob, title="Budget")
    booked(space, bob, days=3, title="Review")
    booked(space, dora.user, days=6)
    booked(space, dora.user, days=8, title="Later")
    booked(space, alice, days=2)
    booked(space, None, days=4)
    Mail.objects.all().delete()

    blocks(host_page, ticket)

    messages = {message.to[0]: message for message in deliver()}
    assert messages.keys() == {"bob@example.org", "dora@example.org"}
    for words in ("Aquarium has a problem", "The projector is dark", "Budget", "Review", "Europe/Paris"):
        assert words in messages["bob@example.org"].body
    assert "Later" not in messages["dora@example.org"].body


def test_it_is_told_once_however_often_it_is_switched(host_page, ticket, space, dora):
    booked(space, dora.user)
    blocks(host_page, ticket)
    deliver()
    arranges(host_page, ticket, is_blocking=None)
    blocks(host_page, ticket)
    moves(host_page, ticket, "RESOLVED")
    moves(host_page, ticket, "OPEN")
    assert [message.to for message in deliver() if "which you booked" in message.subject] == []


def test_a_warning_that_waits_is_taken_back_when_the_space_can_be_used(host_page, ticket, space, dora):
    booked(space, dora.user)
    blocks(host_page, ticket)
    assert ("ticket.blocks", "dora@example.org") in waiting()
    moves(host_page, ticket, "RESOLVED")
    assert ("ticket.blocks", "dora@example.org") not in waiting()
    moves(host_page, ticket, "OPEN")
    assert ("ticket.blocks", "dora@example.org") in waiting()


def test_a_ticket_may_block_from_the_beginning(bobs_page, space, dora):
    booked(space, dora.user)
    bobs_page.post(f"{QUEUE}new/", {"title": "Flooded", "space": space.pk, "is_blocking": "on"})
    assert waiting() == [("ticket.blocks", "dora@example.org"), ("ticket.opened", "alice@example.org")]
