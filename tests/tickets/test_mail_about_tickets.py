import pytest

from mail.models import Mail
from tests.schedules.mails import deliver
from tests.tickets.reports import QUEUE, arranges, at, moves, waiting

pytestmark = pytest.mark.django_db
ALICE, BOB, DORA = "alice@example.org", "bob@example.org", "dora@example.org"


def forget():
    Mail.objects.all().delete()


def test_administrators_hear_of_a_new_ticket(bobs_page, acme, space, viewer, dora):
    bobs_page.post(f"{QUEUE}new/", {"title": "Dark", "description": "Since Monday", "space": space.pk})
    [message] = deliver()
    assert message.to == [ALICE]
    assert message.subject == "New ticket #1 Dark"
    for words in (
        "State: Open",
        "Space: Aquarium",
        "Reported by: Bob",
        "Since Monday",
        "/organizations/acme/tickets/1/",
    ):
        assert words in message.body


def test_an_administrator_who_opens_one_is_not_told(host_page, acme):
    host_page.post(f"{QUEUE}new/", {"title": "Dark"})
    assert waiting() == []


def test_who_is_assigned_hears_of_it(host_page, ticket, dora, alice):
    forget()
    arranges(host_page, ticket, assignee=dora.user_id)
    assert waiting() == [("ticket.assigned", DORA)]
    arranges(host_page, ticket, assignee=dora.user_id, is_blocking="on")
    assert waiting() == [("ticket.assigned", DORA)]


def test_who_takes_a_ticket_is_not_told_of_it_and_who_lost_it_hears_no_more(host_page, ticket, dora, alice):
    arranges(host_page, ticket, assignee=dora.user_id)
    forget_none = waiting()
    assert ("ticket.assigned", DORA) in forget_none
    arranges(host_page, ticket, assignee=alice.pk)
    assert ("ticket.assigned", DORA) not in waiting()
    assert ("ticket.assigned", ALICE) not in waiting()


def test_who_reported_it_and_who_sees_to_it_hear_of_moves_and_comments_but_not_of_their_own(
    host_page, bobs_page, doras_page, ticket, dora
):
    arranges(host_page, ticket, assignee=dora.user_id)
    forget()
    moves(host_page, ticket, "IN_PROGRESS")
    assert waiting() == [("ticket.moved", BOB), ("ticket.moved", DORA)]
    forget()
    moves(doras_page, ticket, "RESOLVED")
    assert waiting() == [("ticket.moved", BOB)]
    forget()
    bobs_page.post(at(ticket, "comment/"), {"text": "It is dark again"})
    [message] = deliver()
    assert message.to == [DORA]
    assert "Bob wrote:\n\nIt is dark again" in message.body
    assert message.subject == "Comment: ticket #1 The projector is dark"


def test_later_news_takes_the_place_of_what_still_waits(host_page, ticket):
    for state in ("IN_PROGRESS", "RESOLVED"):
        moves(host_page, ticket, state)
    [message] = [one for one in deliver() if one.to == [BOB]]
    assert message.subject == "Resolved: ticket #1 The projector is dark"


def test_a_comment_is_never_outdated(host_page, ticket):
    host_page.post(at(ticket, "comment/"), {"text": "Coming"})
    moves(host_page, ticket, "RESOLVED")
    assert ("ticket.commented", BOB) in waiting()


def test_a_ticket_that_is_closed_already_is_no_news_to_administrators(bobs_page, ticket):
    assert waiting() == [("ticket.opened", ALICE)]
    moves(bobs_page, ticket, "CLOSED")
    assert waiting() == []


def test_who_left_the_organization_or_cannot_sign_in_hears_nothing(host_page, ticket, member, dora):
    arranges(host_page, ticket, assignee=dora.user_id)
    forget()
    member.delete()
    dora.user.is_active = False
    dora.user.save()
    moves(host_page, ticket, "RESOLVED")
    host_page.post(at(ticket, "comment/"), {"text": "Done"})
    assert waiting() == []


def test_a_title_breaks_out_of_no_mail(bobs_page, acme):
    bobs_page.post(f"{QUEUE}new/", {"title": "Dark\r\nBcc: charlie@example.org"})
    [message] = deliver()
    assert message.subject == "New ticket #1 Dark Bcc: charlie@example.org"
    assert message.bcc == []


def test_nothing_is_told_of_what_was_refused(bobs_page, host_page, ticket):
    forget()
    moves(bobs_page, ticket, "RESOLVED")
    moves(host_page, ticket, "RESOLVED", version=99)
    assert waiting() == []
