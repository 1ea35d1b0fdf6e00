import json

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from audit.models import AuditEntry
from bookings.spaces.models import Space
from bookings.tickets.facts import FACTS
from bookings.tickets.models import Ticket
from bookings.tickets.services import Report, open_ticket
from bookings.tickets.views import REPORTS
from realtime.refusals import Refused
from tests.conftest import browser_of
from tests.organizations.people import joins
from tests.tickets.reports import QUEUE, at, picture

pytestmark = pytest.mark.django_db
NEW = f"{QUEUE}new/"


def test_a_member_opens_a_ticket_about_a_space(bobs_page, bob, acme, space):
    form = {"title": " The  projector is dark ", "description": "Since\r\nMonday", "space": space.pk}

    answer = bobs_page.post(NEW, {**form, "is_blocking": "on"})

    ticket = Ticket.objects.get()
    assert answer.url == at(ticket)
    assert (ticket.number, ticket.title, ticket.description) == (1, "The projector is dark", "Since\nMonday")
    assert (ticket.reporter, ticket.space, ticket.is_blocking, ticket.state) == (bob, space, True, "OPEN")
    assert "The projector is dark" in bobs_page.get(answer.url).content.decode()


def test_a_ticket_need_not_be_about_a_space(bobs_page, acme):
    bobs_page.post(NEW, {"title": "More coffee"})
    assert Ticket.objects.get().space is None


def test_the_space_it_is_about_can_be_in_the_link(bobs_page, space):
    assert f'<option value="{space.pk}" selected>' in bobs_page.get(f"{NEW}?space={space.pk}").content.decode()
    assert bobs_page.get(f"{NEW}?space=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"title": " "}, "This field is required."),
        ({"title": "x" * 151}, "at most 150"),
        ({"title": "a\u202eb"}, "Use letters"),
        ({"title": "Dark", "description": "x" * 4001}, "at most 4000"),
        ({"title": "Dark", "is_blocking": "on"}, "Choose the space that cannot be used."),
        ({"title": "Dark", "space": "00000000-0000-4000-8000-000000000000"}, "not one of the available"),
    ],
)
def test_what_is_missing_or_too_long_is_said(bobs_page, acme, form, said):
    answer = bobs_page.post(NEW, form)
    assert (answer.status_code, Ticket.objects.count()) == (200, 0)
    assert said in answer.content.decode()


def test_a_space_of_another_organization_is_no_choice(bobs_page, member, elsewhere):
    other = Space.objects.create(organization=elsewhere, name="Cellar", capacity=2)
    assert "Cellar" not in bobs_page.get(NEW).content.decode()
    assert bobs_page.post(NEW, {"title": "Dark", "space": other.pk}).status_code == 200
    with pytest.raises(Refused, match=r"ticket\.no-such-space"):
        open_ticket(reporter=member, report=Report(title="Dark", space=other))
    with pytest.raises(Refused, match=r"ticket\.nothing-to-block"):
        open_ticket(reporter=member, report=Report(title="Dark", is_blocking=True))
    assert not Ticket.objects.exists()


def test_viewers_open_none_and_strangers_find_nothing(viewers_page, strangers_page, client, acme):
    for page, status in ((viewers_page, 403), (strangers_page, 404)):
        assert page.get(NEW).status_code == page.post(NEW, {"title": "Dark"}).status_code == status
    assert client.post(NEW, {"title": "Dark"}).url.startswith("/accounts/login/")
    assert not Ticket.objects.exists()


def test_each_organization_counts_for_itself(alice, acme, elsewhere, admin, charlie):
    theirs = elsewhere.memberships.get(user=charlie)
    opened = [open_ticket(reporter=one, report=Report(title="Dark")) for one in (admin, theirs, admin)]
    assert [(ticket.organization, ticket.number) for ticket in opened] == [(acme, 1), (elsewhere, 1), (acme, 2)]


def test_nobody_opens_them_by_the_dozen(bobs_page, acme):
    for _ in range(REPORTS):
        assert bobs_page.post(NEW, {"title": "Dark"}).status_code == 302
    assert bobs_page.post(NEW, {"title": "Dark"}).status_code == 429
    assert Ticket.objects.count() == REPORTS


def test_it_is_in_the_audit_trail_of_the_organization(bobs_page, bob, acme, space):
    bobs_page.post(NEW, {"title": "Dark", "description": "Secret", "space": space.pk})
    entry = AuditEntry.objects.get(action="ticket.opened")
    assert (entry.organization, entry.actor, entry.changes["number"]) == (acme.pk, bob, 1)
    assert "Secret" not in json.dumps(entry.changes)


def test_a_photo_is_written_anew_and_for_those_who_see_the_ticket(
    bobs_page, host_page, doras_page, viewers_page, strangers_page, client, acme
):
    exif = Image.Exif()
    exif[0x010E] = "my home address"
    bobs_page.post(NEW, {"title": "Dark", "photo": picture(exif=exif)})
    ticket = Ticket.objects.get()

    for page in (bobs_page, host_page):
        answer = page.get(at(ticket, "photo/"))
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert b"my home address" not in answer.content
    with ticket.photo.open() as file, Image.open(file) as kept:
        assert (kept.format, kept.size) == ("WEBP", (1600, 533))
    for page in (doras_page, viewers_page, strangers_page):
        assert page.get(at(ticket, "photo/")).status_code == 404
    assert client.get(at(ticket, "photo/")).status_code == 302
    assert "broken" not in ticket.photo.name


def test_what_is_no_picture_opens_nothing(bobs_page, acme):
    answer = bobs_page.post(NEW, {"title": "Dark", "photo": picture((30, 10), kind="BMP")})
    assert "Use a picture in" in answer.content.decode()
    assert not Ticket.objects.exists()


def test_a_photo_goes_with_its_ticket(bobs_page, acme, django_capture_on_commit_callbacks):
    bobs_page.post(NEW, {"title": "Dark", "photo": picture()})
    name = Ticket.objects.get().photo.name
    with django_capture_on_commit_callbacks(execute=True):
        acme.delete()
    assert not default_storage.exists(name)


def test_a_ticket_without_a_photo_or_with_a_lost_one_has_none(bobs_page, ticket, acme):
    assert bobs_page.get(at(ticket, "photo/")).status_code == 404
    bobs_page.post(NEW, {"title": "Dark", "photo": picture()})
    lost = Ticket.objects.get(number=2)
    default_storage.delete(lost.photo.name)
    assert bobs_page.get(at(lost, "photo/")).status_code == 404


@pytest.fixture
def own_room(room, acme):
    """Alice's room, of her organization."""
    room.organization = acme
    room.save()
    return room


def reports(page, room, facts=None, **form):
    sent = {"title": "I hear nobody", **form} | ({"facts": facts} if facts is not None else {})
    return page.post(f"/rooms/{room.code}/problem/", sent)


def test_a_problem_is_reported_from_a_call_with_facts_that_were_agreed_to(bobs_page, bob, own_room, acme, host_page):
    facts = {"browser": "Chromium 140", "round_trip": "23 ms", "camera": "Logi <b>C920</b>"}

    assert reports(bobs_page, own_room, json.dumps(facts)).json() == {"number": 1}

    ticket = Ticket.objects.get()
    assert (ticket.facts, ticket.reporter, ticket.organization) == (facts, bob, acme)
    shown = host_page.get(at(ticket)).content.decode()
    assert "Round-trip time" in shown and "23 ms" in shown and "Logi &lt;b&gt;C920" in shown


def test_without_a_tick_no_facts_are_kept(bobs_page, own_room):
    reports(bobs_page, own_room)
    assert Ticket.objects.get().facts == {}


@pytest.mark.parametrize(
    "facts",
    [
        "{",
        "[]",
        '"browser"',
        '{"cookie": "abc"}',
        '{"browser": 5}',
        '{"browser": null}',
        '{"browser": {"name": "Chromium"}}',
        '{"browser": "a\\u0000b"}',
        json.dumps({"browser": "x" * 201}),
        json.dumps(dict.fromkeys(FACTS, "é" * 200), ensure_ascii=False),
        "[" * 4000,
    ],
)
def test_facts_are_few_short_and_known(bobs_page, own_room, facts):
    answer = reports(bobs_page, own_room, facts)
    assert (answer.status_code, answer.json()["code"]) == (400, "facts.invalid")
    assert not Ticket.objects.exists()


def test_a_report_without_words_is_refused_in_words(bobs_page, own_room):
    answer = reports(bobs_page, own_room, title="")
    assert (answer.status_code, answer.json()["code"]) == (400, "ticket.invalid")
    assert answer.json()["text"]


def test_only_members_of_the_rooms_organization_report_from_its_calls(
    own_room, viewers_page, strangers_page, client, elsewhere
):
    assert reports(strangers_page, own_room).status_code == 404
    assert reports(client, own_room).status_code == 404
    answer = reports(viewers_page, own_room)
    assert (answer.status_code, answer.json()["code"]) == (403, "ticket.not-allowed")
    assert not Ticket.objects.exists()


def test_a_room_of_no_organization_and_an_unknown_one_look_the_same(bobs_page, acme, room):
    assert reports(bobs_page, room).status_code == 404
    assert bobs_page.post("/rooms/abcd-efghj-kmnop/problem/", {"title": "Dark"}).status_code == 404


def test_the_call_offers_it_to_who_may(own_room, bobs_page, viewers_page, strangers_page, client):
    pages = {
        page: "open-problem" in page.get(own_room.join_path).content.decode()
        for page in (bobs_page, viewers_page, strangers_page, client)
    }
    assert list(pages.values()) == [True, False, False, False]


def test_who_left_the_organization_reports_no_more(bobs_page, member, own_room, charlie):
    member.delete()
    assert reports(bobs_page, own_room).status_code == 404
    assert bobs_page.get(NEW).status_code == 404
    joins(own_room.organization, charlie)
    assert reports(browser_of(charlie), own_room).status_code == 200
