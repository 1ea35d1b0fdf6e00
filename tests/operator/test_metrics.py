"""What Prometheus may read: nothing by default, with the token numbers that move."""

import os
import re

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from realtime import metrics
from realtime.outbox import Outbox
from tests.rooms.people import come_in, guest, member
from tests.sockets.people import in_call, in_chat

TOKEN = "prometheus-knows-this"
ASKED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def on(settings):
    settings.METRICS_TOKEN = TOKEN


def scrape() -> dict[str, float]:
    """Every sample by name and labels, without the process."""
    answer = Client().get("/metrics", headers=ASKED)
    assert answer.status_code == 200
    samples = re.findall(r"^(\w+(?:\{.*\})?) (\S+)$", answer.text, re.MULTILINE)
    return {re.sub(r',?process="\d+"|\{process="\d+"\}', "", name): float(value) for name, value in samples}


def moved(before: dict[str, float], after: dict[str, float], name: str) -> float:
    return after.get(name, 0.0) - before.get(name, 0.0)


@pytest.mark.django_db
def test_by_default_there_is_no_such_page(client, settings):
    assert settings.METRICS_TOKEN == ""
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("given", [None, "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer ö"])
def test_without_the_token_nobody_reads(client, on, given):
    answer = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert (answer.status_code, answer.text) == (401, "")


def test_an_operator_without_the_token_reads_neither(on, oscar, client):
    client.force_login(oscar)
    assert client.get("/metrics").status_code == 401


@pytest.mark.django_db
def test_it_is_the_text_format_and_kept_by_nobody(client, on):
    answer = client.get("/metrics", headers=ASKED)
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in answer["Cache-Control"]
    assert f'process_resident_memory_bytes{{process="{os.getpid()}"}}' in answer.text


def test_meetings_and_people_come_from_the_database(on, room, bob, django_assert_max_num_queries):
    assert scrape()["meet_meetings"] == 0
    come_in(room, member(bob))
    come_in(room, guest(room))
    with django_assert_max_num_queries(8):
        now = scrape()
    assert (now["meet_meetings"], now['meet_people{kind="guest"}'], now['meet_people{kind="account"}']) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
async def test_numbers_move_with_a_call(on, room, host_page, bobs_page):
    before = await sync_to_async(scrape)()
    async with in_call(room, host_page) as alice, in_call(room, bobs_page) as bob, in_chat(alice, host_page) as chat:
        await alice.event("participant.joined")
        await chat.ask("message.send", content="Hello", client_id="00000000-0000-4000-8000-000000000001")
        code = await bob.verdict("room.lock")
        during = await sync_to_async(scrape)()
    after = await sync_to_async(scrape)()
    assert moved(before, during, 'meet_sockets{kind="call"}') == 2
    assert moved(before, during, 'meet_sockets{kind="chat"}') == 1
    assert moved(before, after, 'meet_sockets{kind="call"}') == 0
    assert moved(before, during, 'meet_command_seconds_count{command="meeting.join"}') == 2
    assert moved(before, during, "meet_messages_total") == 1
    assert moved(before, during, "meet_event_frames_total") > 1
    assert moved(before, during, f'meet_refusals_total{{code="{code}"}}') == 1


async def test_a_broken_outbox_is_counted_once():
    async def gone(message):
        raise OSError

    before = metrics.outboxes_broken._value.get()
    outbox = Outbox(gone)
    outbox.put("one")
    outbox.put("two")
    assert metrics.outboxes_broken._value.get() == before + 1


@pytest.mark.django_db
def test_no_is_counted_on_pages_too(on, client):
    before = scrape()
    for _ in range(21):
        client.get("/join/aaaa-aaaaa-aaaaa/door/")
    assert moved(before, scrape(), 'meet_refusals_total{code="rate.exceeded"}') == 1
