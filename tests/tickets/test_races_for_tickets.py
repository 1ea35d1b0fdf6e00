"""Numbers without gaps or twins, and one winner of two who change a ticket at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connections

from bookings.tickets.models import Ticket, TicketState
from bookings.tickets.services import Report, move, open_ticket
from realtime.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 20


def all_at_once(verbs: list[Callable[[], object]]) -> Counter[str]:
    together = Barrier(len(verbs))

    def rush(verb: Callable[[], object]) -> str:
        together.wait(timeout=10)
        try:
            verb()
        except Refused as refused:
            return refused.code
        except IntegrityError:
            return "refused by the database"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(verbs)) as crowd:
        return Counter(crowd.map(rush, verbs))


def test_numbers_have_neither_gaps_nor_twins(admin):
    def opens(number: int) -> Callable[[], object]:
        report = Report(title="" if number % 4 == 0 else "Dark")  # without a title it fails after it has its number
        return lambda: open_ticket(reporter=admin, report=report)

    outcomes = all_at_once([opens(number) for number in range(CROWD)])

    assert outcomes == {"done": 15, "refused by the database": 5}
    assert sorted(Ticket.objects.values_list("number", flat=True)) == list(range(1, 16))


def test_one_of_two_who_change_a_ticket_at_once_is_told(admin, ticket):
    def goes(state: TicketState) -> Callable[[], object]:
        return lambda: move(ticket=ticket, member=admin, version=ticket.version, state=state)

    outcomes = all_at_once([goes(state) for state in (TicketState.IN_PROGRESS, TicketState.CLOSED) * 5])

    assert outcomes == {"done": 1, "ticket.changed": 9}
    assert ticket.entries.count() == 1
