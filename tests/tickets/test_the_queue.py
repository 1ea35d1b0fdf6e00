import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.spaces.models import Space
from bookings.tickets.models import Ticket
from bookings.tickets.views import PER_PAGE
from tests.tickets.reports import QUEUE, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(acme, alice, bob, dora, space):
    """1 is open in a space, 2 Dora works on, 3 is resolved, 4 closed, 5 open and of Alice; each an hour older."""
    made = []
    for number, (title, fields) in enumerate(
        {
            "Projector": {"space": space, "description": "It hums"},
            "Door": {"state": "IN_PROGRESS", "assignee": dora.user},
            "Window": {"state": "RESOLVED", "reporter": bob},
            "Carpet": {"state": "CLOSED"},
            "Coffee": {"assignee": alice},
        }.items(),
        start=1,
    ):
        ticket = Ticket.objects.create(organization=acme, number=number, title=title, **fields)
        Ticket.objects.filter(pk=ticket.pk).update(created_at=timezone.now() - timedelta(hours=number))
        made.append(ticket)
    return made


def numbers(page, query: str = "", where: str = QUEUE) -> list[int]:
    words = page.get(where + query).content.decode()
    return [int(number) for number in re.findall(r'<span class="muted">#(\d+)</span>', words)]


def test_what_is_unsolved_is_there_the_newest_first(host_page, tickets):
    assert numbers(host_page) == [1, 2, 5]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=ALL", [1, 2, 3, 4, 5]),
        ("?state=RESOLVED", [3]),
        ("?state=CLOSED&text=carp", [4]),
        ("?text=HUMS", [1]),
        ("?text=%231", [1]),
        ("?text=5", [5]),
        ("?text=99999999999999", []),
        ("?text=nothing", []),
        ("?assignee=NOBODY", [1]),
        ("?order=created_at", [5, 2, 1]),
        ("?order=-updated_at", [5, 2, 1]),
        ("?state=nonsense&assignee=nonsense&order=password&space=nonsense&page=nonsense", [1, 2, 5]),
    ],
)
def test_it_is_filtered_and_sorted(host_page, tickets, query, found):
    assert numbers(host_page, query) == found


def test_by_space_and_by_person(host_page, tickets, space, alice, dora):
    assert numbers(host_page, f"?space={space.pk}") == [1]
    assert numbers(host_page, f"?assignee={alice.pk}") == [5]
    assert numbers(host_page, f"?assignee={dora.user_id}") == [2]


def test_a_space_of_others_filters_nothing(host_page, tickets, elsewhere):
    other = Space.objects.create(organization=elsewhere, name="Cellar", capacity=2)
    assert numbers(host_page, f"?space={other.pk}") == [1, 2, 5]


def test_a_comment_is_a_change(host_page, tickets):
    host_page.post(at(tickets[1], "comment/"), {"text": "Coming"})
    assert numbers(host_page, "?order=-updated_at")[0] == 2


def test_it_says_when_there_is_nothing(host_page, acme, tickets):
    assert "No ticket is like that." in host_page.get(f"{QUEUE}?text=nothing").content.decode()
    Ticket.objects.all().delete()
    assert "Nothing is open" in host_page.get(QUEUE).content.decode()
    assert "No tickets yet" in host_page.get(f"{QUEUE}mine/").content.decode()


def test_members_have_their_own_only(bobs_page, doras_page, viewers_page, tickets):
    for page in (bobs_page, doras_page, viewers_page):
        assert page.get(QUEUE).url == f"{QUEUE}mine/"
    assert numbers(bobs_page, "mine/") == [3]
    assert numbers(doras_page, "mine/") == [2]
    assert numbers(viewers_page, "mine/") == []


def test_administrators_have_their_own_too(host_page, tickets):
    assert numbers(host_page, "mine/") == [5]


def test_of_ones_own_the_unsolved_come_first(bobs_page, bob, tickets, acme):
    Ticket.objects.update(reporter=bob)
    assert numbers(bobs_page, "mine/") == [5, 2, 1, 4, 3]


def test_strangers_find_no_queue(strangers_page, elsewhere, client, acme):
    assert strangers_page.get(QUEUE).status_code == strangers_page.get(f"{QUEUE}mine/").status_code == 404
    assert client.get(QUEUE).status_code == 302


def many(acme, space, bob, dora, count: int) -> None:
    whose = {"organization": acme, "space": space, "reporter": bob, "assignee": dora.user}
    last = Ticket.objects.count()
    Ticket.objects.bulk_create(Ticket(number=last + n + 1, title="Dark", **whose) for n in range(count))


def test_it_has_pages_that_keep_the_filter(host_page, acme, space, bob, dora):
    many(acme, space, bob, dora, PER_PAGE + 1)
    assert len(numbers(host_page, "?text=dark")) == PER_PAGE
    assert "?text=dark&amp;page=2" in host_page.get(f"{QUEUE}?text=dark").content.decode()
    assert len(numbers(host_page, "?text=dark&page=2")) == 1


def test_more_tickets_are_not_more_questions(
    host_page, acme, space, bob, dora, django_assert_max_num_queries, django_assert_num_queries
):
    many(acme, space, bob, dora, 2)
    with django_assert_max_num_queries(12) as few:
        host_page.get(QUEUE)
    many(acme, space, bob, dora, 20)
    with django_assert_num_queries(len(few)):
        host_page.get(QUEUE)
