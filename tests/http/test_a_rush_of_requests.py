"""Requests are answered in a few threads that stay, each in one of them from its first middleware to its view."""

import asyncio
import threading

import pytest
from asgiref.sync import async_to_sync
from channels.testing import HttpCommunicator
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from meet.handler import AT_ONCE, Handler

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


urlpatterns = [path("one", one), path("counted", counted)]


async def rush(number):
    handler = Handler()
    asked = [HttpCommunicator(handler, "GET", "/one", headers=[(b"host", b"localhost")]) for _ in range(number)]
    answers = await asyncio.gather(*(one.get_response(timeout=60) for one in asked))
    await asyncio.gather(*(one.wait(timeout=60) for one in asked))  # what they read from is closed after the answer
    return answers


@pytest.mark.django_db(transaction=True)
def test_few_at_once_all_answered_on_connections_that_stay(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.notes_its_thread", "django.middleware.common.CommonMiddleware"]

    answers = async_to_sync(rush)(MANY)

    assert {answer["status"] for answer in answers} == {200}
    assert max(most) == AT_ONCE
    threads, connections = (set(ids) for ids in zip(*(answer["body"].split() for answer in answers), strict=True))
    assert len(threads) == AT_ONCE
    assert len(connections) <= 10  # of a pool; without one, each thread's own


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
