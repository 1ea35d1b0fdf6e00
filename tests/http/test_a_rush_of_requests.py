"""Requests are answered in a few threads that stay, each in one of them from its first middleware to its view."""

import asyncio
import threading

import pytest
from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer
from channels.testing import HttpCommunicator
from django.core.signals import request_finished, request_started
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from meet.handler import AT_ONCE, Handler
from realtime.hub import running_hub

MANY = 5 * AT_ONCE
inside, most, all_here = set(), [], threading.Semaphore(0)
begun, read, let = [], [], threading.Semaphore(0)


def notes_its_thread(get_response):
    def middleware(request):
        request.thread = threading.get_ident()
        return get_response(request)

    return middleware


def one(request):
    """Answers when as many as ever will be are in here with it."""
    assert request.thread == threading.get_ident()
    inside.add(request.thread)
    most.append(len(inside))
    if len(inside) == AT_ONCE:
        for _ in range(MANY):
            all_here.release()
    all_here.acquire(timeout=60)
    connection.ensure_connection()
    inside.discard(request.thread)
    return HttpResponse(f"{request.thread} {id(connection.connection)}")


def counted(request):
    """Reads what was sent, and answers, when it is let."""
    begun.append(int(request.GET["number"]))
    let.acquire(timeout=60)
    read.append(request.body)
    return HttpResponse()


async def parts(response):
    for part in ("one ", "by ", "one"):
        assert not response.closed
        yield part


def streamed(request):
    response = StreamingHttpResponse()
    response.streaming_content = parts(response)
    return response


urlpatterns = [path("one", one), path("counted", counted), path("streamed", streamed)]


@pytest.fixture
def noted():
    """The threads that a signal was sent in."""
    receivers = []

    def note(signal):
        threads = []

        def receiver(**_):
            threads.append(threading.get_ident())

        signal.connect(receiver)
        receivers.append((signal, receiver))
        return threads

    yield note
    for signal, receiver in receivers:
        signal.disconnect(receiver)


async def rush(number):
    handler = Handler()
    asked = [HttpCommunicator(handler, "GET", "/one", headers=[(b"host", b"localhost")]) for _ in range(number)]
    answers = await asyncio.gather(*(one.get_response(timeout=60) for one in asked))
    await asyncio.gather(*(one.wait(timeout=60) for one in asked))  # what they read from is closed after the answer
    return answers


@pytest.mark.django_db(transaction=True)
def test_few_at_once_all_answered_on_connections_that_stay(settings, noted):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.notes_its_thread", "django.middleware.common.CommonMiddleware"]
    begins, ends = noted(request_started), noted(request_finished)

    answers = async_to_sync(rush)(MANY)

    assert {answer["status"] for answer in answers} == {200}
    assert max(most) == AT_ONCE
    threads, connections = (set(ids) for ids in zip(*(answer["body"].split() for answer in answers), strict=True))
    assert len(threads) == AT_ONCE
    assert len(connections) <= 10  # of a pool; without one, each thread's own
    assert {str(thread).encode() for thread in (*begins, *ends)} == threads
    assert len(begins) == len(ends) == MANY


async def leave(number):
    """The first while it is their turn, and the last before it is."""
    handler = Handler()
    asked = [HttpCommunicator(handler, "POST", f"/counted?number={one}") for one in range(number)]
    for one in asked:
        await one.send_input({"type": "http.request", "body": b"sent"})
    while len(begun) < AT_ONCE:
        await asyncio.sleep(0)
    for one in (asked[0], *asked[AT_ONCE + 1 :]):
        await one.send_input({"type": "http.disconnect"})
    await asyncio.sleep(0)
    for _ in range(number):
        let.release()
    await asyncio.gather(*(one.wait(timeout=60) for one in asked))
    return [one.output_queue.get_nowait()["status"] for one in asked[1 : AT_ONCE + 1]]


def test_who_leaves_before_it_is_their_turn_is_not_answered(settings):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []

    assert async_to_sync(leave)(MANY) == [200] * AT_ONCE

    assert sorted(begun) == list(range(AT_ONCE + 1))
    assert read == [b"sent"] * len(begun)


async def test_a_stream_ends_when_it_is_sent(settings, noted):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    ends = noted(request_finished)

    asked = HttpCommunicator(Handler(), "GET", "/streamed")
    await asked.send_input({"type": "http.request"})
    await asked.wait(timeout=60)

    sent = [asked.output_queue.get_nowait() for _ in range(asked.output_queue.qsize())]
    assert b"".join(message.get("body", b"") for message in sent) == b"one by one"
    assert len(ends) == 1


@pytest.mark.django_db(transaction=True)
async def test_whether_it_is_ready_is_asked_on_its_own_loop(monkeypatch):
    loops = []

    def layer():
        loops.append(asyncio.get_running_loop())
        return InMemoryChannelLayer()

    monkeypatch.setattr("meet.readiness.get_channel_layer", layer)
    async with running_hub():
        asked = HttpCommunicator(Handler(), "GET", "/health/ready", headers=[(b"host", b"localhost")])
        answer = await asked.get_response(timeout=60)
        await asked.wait(timeout=60)

    assert answer["status"] == 200
    assert loops == [asyncio.get_running_loop()]
