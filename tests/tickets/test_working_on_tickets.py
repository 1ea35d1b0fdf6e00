import pytest

from audit.models import AuditEntry
from bookings.tickets.models import NEXT, Ticket, TicketState
from organizations.people.services import remove
from tests.conftest import browser_of
from tests.tickets.reports import arranges, at, moves, state_of, waiting

pytestmark = pytest.mark.django_db
LEADS_TO = [(state, to) for state in TicketState for to in TicketState]


def puts(ticket, state):
    Ticket.objects.filter(pk=ticket.pk).update(state=state)


@pytest.mark.parametrize(("state", "to"), LEADS_TO)
def test_administrators_take_a_ticket_wherever_it_can_go(host_page, ticket, state, to):
    puts(ticket, state)
    status = moves(host_page, ticket, to).status_code
    assert (status, state_of(ticket)) == ((302, to) if to in NEXT[state] else (403, state))


def test_who_it_is_assigned_to_may_do_the_same(doras_page, dora, host_page, ticket):
    assert moves(doras_page, ticket, "IN_PROGRESS").status_code == 404
    arranges(host_page, ticket, assignee=dora.user_id)
    for state in ("IN_PROGRESS", "OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED", "OPEN"):
        assert moves(doras_page, ticket, state).status_code == 302
    assert state_of(ticket) == "OPEN"


@pytest.mark.parametrize(
    ("state", "theirs"),
    [("OPEN", {"CLOSED"}), ("IN_PROGRESS", {"CLOSED"}), ("RESOLVED", {"OPEN", "CLOSED"}), ("CLOSED", {"OPEN"})],
)
def test_who_reported_it_closes_and_reopens_it_and_no_more(bobs_page, ticket, state, theirs):
    done = set()
    for to in TicketState:
        puts(ticket, state)
        if moves(bobs_page, ticket, to).status_code == 302:
            done.add(to)
    assert done == theirs


def test_buttons_are_there_for_what_may_be_done(bobs_page, host_page, ticket):
    def offered(page):
        words = page.get(at(ticket)).content.decode()
        return [name for name in ("Start work", "Resolve", "Close", "Reopen", "Save") if f">{name}</button>" in words]

    assert offered(host_page) == ["Start work", "Resolve", "Close", "Save"]
    assert offered(bobs_page) == ["Close"]
    puts(ticket, "CLOSED")
    assert offered(bobs_page) == ["Reopen"]


def test_viewers_see_what_was_theirs_and_change_nothing(bobs_page, member, host_page, ticket):
    arranges(host_page, ticket, assignee=member.user_id)
    member.role = "VIEWER"
    member.save()
    assert bobs_page.get(at(ticket)).status_code == 200
    assert "</button>" not in bobs_page.get(at(ticket)).content.decode().split("<main")[1]
    for answer in (
        moves(bobs_page, ticket, "CLOSED"),
        arranges(bobs_page, ticket, assignee=""),
        bobs_page.post(at(ticket, "comment/"), {"text": "Hello"}),
    ):
        assert answer.status_code == 403
    assert state_of(ticket) == "OPEN"
    assert not ticket.entries.filter(author=member.user).exists()


def test_others_find_no_ticket(ticket, doras_page, viewers_page, strangers_page, elsewhere, bobs_page, member):
    member.delete()
    for page in (doras_page, viewers_page, strangers_page, bobs_page):
        answers = [page.get(at(ticket, rest)) for rest in ("", "photo/")]
        for rest in ("state/", "arrange/", "comment/"):
            answers.append(page.post(at(ticket, rest), {"state": "CLOSED", "version": 1, "text": "Hello"}))
        assert {answer.status_code for answer in answers} == {404}
    assert state_of(ticket) == "OPEN"
    assert not ticket.entries.exists()


def test_an_administrator_of_another_organization_finds_none_under_its_own_name(strangers_page, ticket, elsewhere):
    assert strangers_page.get(f"/organizations/elsewhere/tickets/{ticket.number}/").status_code == 404
    assert strangers_page.get("/organizations/elsewhere/tickets/").status_code == 200


def test_nobody_signed_out_sees_anything(client, ticket):
    assert client.get(at(ticket)).url.startswith("/accounts/login/")


def test_only_who_can_do_something_is_given_a_ticket(host_page, ticket, viewer, dora, charlie, alice):
    for nobody in (viewer.user, charlie):
        assert "Select a valid choice" in arranges(host_page, ticket, assignee=nobody.pk).content.decode()
    for somebody in (dora.user, alice):
        assert arranges(host_page, ticket, assignee=somebody.pk).status_code == 302
        assert Ticket.objects.get().assignee == somebody


def test_who_reported_it_gives_it_to_nobody(bobs_page, ticket, dora):
    assert arranges(bobs_page, ticket, assignee=dora.user_id).status_code == 403
    assert Ticket.objects.get().assignee is None


def test_what_is_wrong_with_a_form_is_shown_to_who_has_one(bobs_page, host_page, ticket):
    wrong = {"assignee": str(ticket.pk), "version": 1}
    assert "Select a valid choice" in host_page.post(at(ticket, "arrange/"), wrong).content.decode()
    assert "Assigned to</label>" not in bobs_page.post(at(ticket, "arrange/"), wrong).content.decode()


def test_who_hands_it_over_goes_to_their_own(doras_page, dora, host_page, ticket, alice):
    arranges(host_page, ticket, assignee=dora.user_id)
    assert arranges(doras_page, ticket, assignee=alice.pk).url == "/organizations/acme/tickets/mine/"
    assert doras_page.get(at(ticket)).status_code == 404


def test_a_change_of_a_ticket_that_looks_different_by_now_is_not_made(host_page, ticket, dora, oscar):
    seen = ticket.version
    moves(host_page, ticket, "IN_PROGRESS")

    answer = moves(host_page, ticket, "CLOSED", version=seen)

    assert answer.status_code == 409
    assert "Somebody changed this ticket meanwhile." in answer.content.decode()
    assert "started to work on it." in answer.content.decode()
    assert arranges(host_page, ticket, assignee=dora.user_id, version=seen).status_code == 409
    assert (state_of(ticket), Ticket.objects.get().assignee) == ("IN_PROGRESS", None)
    assert moves(host_page, ticket, "CLOSED", version=99).status_code == 409


@pytest.mark.parametrize(
    "form", [{}, {"state": "GONE", "version": 1}, {"state": "CLOSED"}, {"state": "CLOSED", "version": "x"}]
)
def test_what_no_page_of_ours_sends_changes_nothing(host_page, ticket, form):
    assert host_page.post(at(ticket, "state/"), form).status_code == 400
    assert state_of(ticket) == "OPEN"


def test_whoever_is_concerned_comments_as_typed(bobs_page, host_page, ticket):
    bobs_page.post(at(ticket, "comment/"), {"text": "It <b>smells</b>\r\ntoo"})
    host_page.post(at(ticket, "comment/"), {"text": "Coming"})
    assert list(ticket.entries.values_list("author_name", "comment")) == [
        ("Bob", "It <b>smells</b>\ntoo"),
        ("Alice", "Coming"),
    ]
    assert "It &lt;b&gt;smells&lt;/b&gt;\ntoo" in bobs_page.get(at(ticket)).content.decode()


def test_an_empty_comment_is_none(bobs_page, ticket):
    assert "This field is required." in bobs_page.post(at(ticket, "comment/"), {"text": " "}).content.decode()
    assert not ticket.entries.exists()


def test_a_comment_does_not_make_a_page_old(bobs_page, host_page, ticket):
    bobs_page.post(at(ticket, "comment/"), {"text": "Quick, please"})
    assert moves(host_page, ticket, "IN_PROGRESS", version=ticket.version).status_code == 302


def told(page, ticket):
    """The lines of the history, without their times."""
    words = page.get(at(ticket)).content.decode().split('class="ticket-history"')[1].split("</ol>")[0]
    lines = [part.split("<time")[0] for part in words.split("<li>")[1:]]
    return [
        " ".join(line.replace("<p>", "").replace("<strong>", "").replace("</strong>", "").split()) for line in lines
    ]


def test_the_history_tells_everything_in_words(bobs_page, host_page, dora, alice, ticket):
    moves(host_page, ticket, "IN_PROGRESS")
    arranges(host_page, ticket, assignee=dora.user_id, is_blocking="on")
    arranges(host_page, ticket, assignee="", is_blocking=None)
    moves(host_page, ticket, "OPEN")
    moves(host_page, ticket, "RESOLVED")
    bobs_page.post(at(ticket, "comment/"), {"text": "Still dark"})
    moves(bobs_page, ticket, "OPEN")
    moves(host_page, ticket, "CLOSED")
    assert told(bobs_page, ticket) == [
        "Bob opened the ticket.",
        "Alice started to work on it.",
        "Alice assigned it to Dora. said that the space cannot be used.",
        "Alice took it from Dora. said that the space can be used.",
        "Alice put it back to open.",
        "Alice resolved it.",
        "Bob wrote:",
        "Bob opened it again.",
        "Alice closed it.",
    ]


def test_saving_what_is_there_already_leaves_no_line(host_page, ticket):
    arranges(host_page, ticket)
    assert not ticket.entries.exists()


def test_names_stay_when_accounts_go(bobs_page, host_page, bob, ticket):
    bobs_page.post(at(ticket, "comment/"), {"text": "Still dark"})
    bob.delete()
    assert told(host_page, ticket) == ["Bob opened the ticket.", "Bob wrote:"]


def test_changes_are_in_the_audit_trail_and_words_are_not(bobs_page, host_page, dora, acme, alice, ticket):
    arranges(host_page, ticket, assignee=dora.user_id, is_blocking="on")
    bobs_page.post(at(ticket, "comment/"), {"text": "Still dark"})
    changed, commented = AuditEntry.objects.filter(action__in=["ticket.changed", "ticket.commented"]).order_by("at")
    assert changed.changes == {"assignee": ["", "Dora"], "is_blocking": [False, True]}
    assert (changed.organization, changed.actor, changed.entity_id) == (acme.pk, alice, str(ticket.pk))
    assert (commented.organization, commented.changes) == (acme.pk, {})


def test_an_operator_looks_and_changes_nothing(oscar, ticket, bobs_page):
    bobs_page.post(at(ticket, "comment/"), {"text": "Still dark"})
    page = browser_of(oscar)
    assert "The projector is dark" in page.get("/admin/bookings/ticket/?q=projector").content.decode()
    assert "Still dark" in page.get(f"/admin/bookings/ticket/{ticket.pk}/change/").content.decode()
    assert page.post(f"/admin/bookings/ticket/{ticket.pk}/change/", {"title": "Fine"}).status_code == 403


def test_who_leaves_sees_to_nothing_any_more(host_page, doras_page, dora, admin, ticket):
    arranges(host_page, ticket, assignee=dora.user_id)
    remove(membership=dora, actor=admin.user)
    assert Ticket.objects.get().assignee is None
    assert told(host_page, ticket)[-1] == "Dora left the organization, and no longer sees to it."
    assert ("ticket.assigned", "dora@example.org") not in waiting()
