import pytest
from django.test import Client

from bookings.tickets.models import Ticket
from bookings.tickets.views import REPORTS_AT_DOOR
from organizations.models import Organization
from rooms.codes import new_code
from rooms.lookups import MISSES
from tests.conftest import browser_of
from tests.schedules.mails import deliver
from tests.tickets.reports import QUEUE

pytestmark = pytest.mark.django_db


def door(space):
    return f"/door/{space.door_key}/ticket/"


def test_anybody_at_the_door_reports_a_problem(client, space, host_page):
    answer = client.post(door(space), {"title": "No chairs", "description": "Not one", "name": " Gina "}, follow=True)
    assert "Your report has the number 1." in answer.content.decode()
    ticket = Ticket.objects.get()
    assert (ticket.reporter, ticket.reporter_name, ticket.space) == (None, "Gina", space)
    assert "Gina" in host_page.get(QUEUE).content.decode()
    assert [message.to for message in deliver()] == [["alice@example.org"]]


def test_a_name_is_not_asked_for(client, space, host_page):
    client.post(door(space), {"title": "No chairs"})
    assert Ticket.objects.get().reporter_name == ""
    assert "Somebody at the door" in host_page.get(QUEUE).content.decode()


def test_that_the_space_is_blocked_is_for_others_to_say(client, space):
    client.post(door(space), {"title": "No chairs", "is_blocking": "on"})
    assert not Ticket.objects.get().is_blocking


@pytest.mark.parametrize(
    "form", [{"title": ""}, {"title": "No chairs", "name": "a\u202eb"}, {"title": "No", "name": "x" * 51}]
)
def test_what_does_not_fit_is_said(client, space, form):
    assert client.post(door(space), form).status_code == 200
    assert not Ticket.objects.exists()


def test_a_member_who_is_signed_in_follows_it(bobs_page, bob, space):
    assert "You report this as <strong>Bob</strong>." in bobs_page.get(door(space)).content.decode()
    bobs_page.post(door(space), {"title": "No chairs", "name": "Somebody else"})
    assert (Ticket.objects.get().reporter, Ticket.objects.get().reporter_name) == (bob, "Bob")


def test_others_who_are_signed_in_are_anybody(strangers_page, viewers_page, space):
    for page in (strangers_page, viewers_page):
        page.post(door(space), {"title": "No chairs"})
    assert [ticket.reporter for ticket in Ticket.objects.all()] == [None, None]


def test_an_unknown_door_is_not_there_and_trying_is_slow(client, space):
    assert client.get(f"/door/{new_code()}/ticket/").status_code == 404
    assert client.get("/door/nonsense/ticket/").status_code == 404
    for _ in range(MISSES):
        client.post(f"/door/{new_code()}/ticket/", {"title": "No chairs"})
    assert Client().get(door(space)).status_code == 429


def test_a_door_takes_a_few_reports_at_a_time(client, space, bobs_page):
    for _ in range(REPORTS_AT_DOOR):
        assert client.post(door(space), {"title": "No chairs"}).status_code == 302
    assert Client().post(door(space), {"title": "No chairs"}).status_code == 429
    assert Ticket.objects.count() == REPORTS_AT_DOOR
    assert bobs_page.post(f"{QUEUE}new/", {"title": "No chairs"}).status_code == 302


def test_the_door_says_nothing_of_other_tickets(client, space, ticket):
    shown = client.get(door(space)).content.decode()
    assert "Aquarium" in shown and ticket.title not in shown


def test_a_report_needs_the_token_of_the_form(space):
    assert Client(enforce_csrf_checks=True).post(door(space), {"title": "No chairs"}).status_code == 403


def test_the_door_of_another_organization_reports_there(bobs_page, space, charlie):
    elsewhere = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    space.organization = elsewhere
    space.save()
    bobs_page.post(door(space), {"title": "No chairs"})
    assert (Ticket.objects.get().organization, Ticket.objects.get().reporter) == (elsewhere, None)
    assert browser_of(charlie).get(QUEUE).status_code == 404
