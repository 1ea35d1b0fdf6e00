"""Charlie administers another organization. Whatever he asks about Acme, by any address or socket: it is not there."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from accounts.requests import MemberRequest
from audit.models import AuditEntry
from chat.consumers import ChatConsumer
from meet import urls
from meet.asgi import sockets
from organizations.access import membership_in
from organizations.models import Membership, Organization
from realtime.consumers import CommandConsumer
from rooms.models import Meeting, Participant, Room
from rooms.services.rooms import create_room
from signaling.consumers import CallConsumer
from tests.conftest import browser_of
from tests.organizations.scoped import OPEN, SCOPED, WITHOUT, World
from tests.sockets.people import call_of, chat_of, in_call, in_chat
from tests.sockets.permissions import CALL, CHAT, PRIVATE
from tests.wire import wire

OURS = ("accounts", "bookings", "chat", "meet", "organizations", "rooms", "signaling")
ROWS: tuple[type[Model], ...] = (Organization, Membership, Room, Meeting, Participant)


def addresses(resolver: URLResolver | None = None) -> Iterator[tuple[str, set[str]]]:
    """Name and arguments of every view of ours; Django's admin is for operators and asks its own permissions."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            if one.namespace != "admin":
                yield from addresses(one)
        elif is_ours(one):
            yield one.name or str(one.pattern), set(one.pattern.regex.groupindex)


def is_ours(pattern: URLPattern) -> bool:
    view = getattr(pattern.callback, "view_class", pattern.callback)
    module = getattr(view, "__module__", "")
    return module.split(".")[0] in OURS or "admin" in str(pattern.pattern)


def without_an_example(found: Iterator[tuple[str, set[str]]]) -> set[str]:
    known_with, known_without = SCOPED.keys() | OPEN.keys(), WITHOUT.keys()
    return {name for name, arguments in found if name not in (known_with if arguments else known_without)}


@pytest.fixture
def world(alice, bob, acme, initech) -> World:
    return World(alice, bob, acme, initech)


@pytest.fixture
def charlies_page(charlie):
    return browser_of(charlie)


def test_every_address_has_an_example():
    assert len(list(addresses())) > 40
    assert without_an_example(addresses()) == set()


def test_every_example_has_an_address():
    names = {name for name, _arguments in addresses()}
    assert (SCOPED.keys() | OPEN.keys() | WITHOUT.keys()) - names == set()


@pytest.mark.parametrize("name", SCOPED)
def test_it_is_there_for_those_who_may(name, world):
    """Else a 404 for Charlie would say nothing."""
    address = reverse(name, kwargs=SCOPED[name](world))
    answer = browser_of(world.alice).get(address)
    if answer.status_code == 405:
        answer = browser_of(world.alice).post(address)
    assert answer.status_code != 404


def asked(browser, address: str) -> set[int]:
    return {browser.get(address).status_code, browser.post(address, {}).status_code}


@pytest.mark.parametrize("name", SCOPED)
def test_strangers_find_nothing(name, world, charlies_page):
    assert 404 in (answers := asked(charlies_page, reverse(name, kwargs=SCOPED[name](world)))) and answers <= {404, 405}


@pytest.mark.parametrize(
    "name", [name for name, arguments in addresses() if "slug" in arguments and len(arguments) > 1]
)
def test_nor_do_they_under_the_address_of_their_own_organization(name, world, charlies_page):
    arguments = {**SCOPED[name](world), "slug": world.initech.slug}
    assert 404 in (answers := asked(charlies_page, reverse(name, kwargs=arguments))) and answers <= {404, 405}


@pytest.mark.parametrize("name", [name for name, form in WITHOUT.items() if form])
def test_forms_that_name_something_of_others_are_refused(name, world, charlies_page):
    form = WITHOUT[name](world)
    before = [model.objects.count() for model in ROWS]
    answer = charlies_page.post(reverse(name), form)
    assert answer.status_code in {403, 404, 409, 422} or 'aria-invalid="true"' in answer.text
    assert [model.objects.count() for model in ROWS] == before


@pytest.mark.parametrize("name", SCOPED)
def test_nothing_is_recorded_of_their_attempts(name, world, charlies_page):
    arguments = SCOPED[name](world)
    before = AuditEntry.objects.count()
    asked(charlies_page, reverse(name, kwargs=arguments))
    assert AuditEntry.objects.count() == before


# A view that forgets its scope is found by the tests above: here are two, and what the tests say of them.


@login_required
def forgetful(request: MemberRequest, slug: str) -> HttpResponse:
    return HttpResponse(Organization.objects.get(slug=slug).name)


@login_required
def mindful(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse(membership_in(slug, request.user).organization.name)


forgetful.__module__ = mindful.__module__ = "organizations.views"
urlpatterns = [
    *urls.urlpatterns,
    path("forgetful/<slug:slug>/", forgetful, name="forgetful"),
    path("mindful/<slug:slug>/", mindful, name="mindful"),
]


def test_a_view_that_forgets_its_scope_is_found(world, charlies_page, settings):
    settings.ROOT_URLCONF = __name__
    assert without_an_example(addresses()) == {"forgetful", "mindful"}
    assert asked(charlies_page, reverse("mindful", args=["acme"])) == {404}
    assert asked(charlies_page, reverse("forgetful", args=["acme"])) == {200}


# The sockets. Consumers stand with the rows of examples for their commands.

EXAMPLES = {CallConsumer: [CALL], ChatConsumer: [CHAT, PRIVATE]}
IDS = {"target", "member", "of_member", "of_left"}  # what the examples call people and messages of a meeting


def consumers() -> set[type[CommandConsumer]]:
    found = (getattr(route.callback, "consumer_class", None) for route in sockets.routes)
    return {one for one in found if one is not None}


def test_every_socket_and_command_has_an_example():
    assert consumers() == EXAMPLES.keys()
    for consumer, tables in EXAMPLES.items():
        assert consumer.commands.keys() == {name.split()[0] for table in tables for name in table}


def commands(consumer: type[CommandConsumer], *, with_ids: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in EXAMPLES[consumer]:
        for name, row in table.items():
            if with_ids == any(value in IDS for value in row.fields.values() if isinstance(value, str)):
                yield name.split()[0], row.fields


def filled(fields: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    return {key: known.get(value, value) if isinstance(value, str) else value for key, value in fields.items()}


@pytest.mark.django_db(transaction=True)
async def test_who_has_not_joined_a_meeting_is_refused_every_command(alice, charlie, acme, initech):
    """To join is what the code of a room is for."""
    room = await sync_to_async(create_room)(host=alice, organization=acme)
    answers = {}
    async with in_call(room, await sync_to_async(browser_of)(alice)) as call:
        page = await sync_to_async(browser_of)(charlie)
        for consumer, where in ((CallConsumer, call_of(room)), (ChatConsumer, chat_of(call))):
            async with wire(where, page) as one:
                for with_ids in (True, False):
                    for name, fields in commands(consumer, with_ids=with_ids):
                        if name != "meeting.join":
                            answers[name] = await one.verdict(name, **filled(fields, dict.fromkeys(IDS, call.you)))
    assert {name: answer for name, answer in answers.items() if answer == "done"} == {}
    assert len(answers) > 50


@pytest.mark.django_db(transaction=True)
async def test_a_host_does_nothing_about_people_and_messages_of_another_organization(alice, charlie, acme, initech):
    theirs = await sync_to_async(create_room)(host=alice, organization=acme)
    own = await sync_to_async(create_room)(host=charlie, organization=initech)
    pages = [await sync_to_async(browser_of)(one) for one in (alice, charlie)]
    answers = {}
    async with in_call(theirs, pages[0]) as call, in_chat(call, pages[0]) as chat:
        said = await chat.ask("message.send", content="secret", client_id=str(uuid4()))
        known = {"target": call.you, "member": call.you} | dict.fromkeys(
            IDS - {"target", "member"}, said["message"]["id"]
        )
        async with in_call(own, pages[1]) as own_call, in_chat(own_call, pages[1]) as own_chat:
            for consumer, one in ((CallConsumer, own_call), (ChatConsumer, own_chat)):
                for name, fields in commands(consumer, with_ids=True):
                    answers[name] = await one.verdict(name, **filled(fields, known))
    not_there = {"participant.not-found", "participant.not-waiting", "message.not-found"}
    assert {name: answer for name, answer in answers.items() if answer not in not_there} == {}
    assert len(answers) > 15
