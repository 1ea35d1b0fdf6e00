import asyncio

import pytest

from realtime import outbox as module
from realtime.eager import start
from realtime.outbox import Outbox
from realtime.refusals import Close


class Reader:
    """The far end: takes what is sent, unless it is told to stop."""

    def __init__(self):
        self.taken = []
        self.reading = asyncio.Event()
        self.reading.set()

    async def send(self, message):
        await self.reading.wait()
        self.taken.append(message.get("text", message["type"]))


async def test_a_frame_leaves_at_once_when_the_reader_takes_it():
    reader = Reader()
    Outbox(reader.send).put("one")
    assert reader.taken == ["one"]


async def test_frames_leave_in_order_after_a_wait():
    reader = Reader()
    outbox = Outbox(reader.send)
    reader.reading.clear()
    for text in ("one", "two", "three"):
        outbox.put(text)
    outbox.close(Close.LEFT)
    assert reader.taken == []
    reader.reading.set()
    await outbox.drained()
    assert reader.taken == ["one", "two", "three", "websocket.close"]


async def test_nothing_is_sent_after_the_goodbye():
    reader = Reader()
    outbox = Outbox(reader.send)
    outbox.close(Close.LEFT)
    outbox.put("late")
    assert reader.taken == ["websocket.close"]


@pytest.mark.parametrize(("frames", "size"), [(module.LIMIT_FRAMES + 2, 1), (3, module.LIMIT_CHARACTERS // 2 + 1)])
async def test_a_full_outbox_breaks_instead_of_growing(frames, size):
    reader = Reader()
    outbox = Outbox(reader.send)
    reader.reading.clear()
    for _ in range(frames):
        outbox.put("x" * size)
    assert outbox.broken.done()
    outbox.abandon()


async def test_a_reader_who_takes_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "SEND_TIMEOUT", 0.01)
    reader = Reader()
    outbox = Outbox(reader.send)
    reader.reading.clear()
    outbox.put("one")
    await asyncio.wait_for(outbox.broken, 5)


async def test_a_reader_who_has_left_breaks_the_outbox():
    async def gone(message):
        raise OSError("gone")

    outbox = Outbox(gone)
    outbox.put("one")
    assert outbox.broken.done()


async def test_a_coroutine_that_waits_goes_on_in_a_task_and_its_error_arrives():
    waiting = asyncio.get_running_loop().create_future()
    steps = []

    async def work():
        steps.append("begun")
        await waiting
        await asyncio.sleep(0)
        steps.append("ended")
        raise ValueError("told")

    rest = start(work())
    assert steps == ["begun"]
    waiting.set_result(None)
    with pytest.raises(ValueError, match="told"):
        await rest
    assert steps == ["begun", "ended"]


async def test_cancelling_reaches_the_coroutine():
    cleaned = []

    async def work():
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            cleaned.append(True)

    task = asyncio.ensure_future(start(work()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert cleaned == [True]


async def test_a_close_waits_for_the_answer_and_lets_nothing_else_through():
    reader = Reader()
    outbox = Outbox(reader.send)
    outbox.asked()
    outbox.close(Close.LEFT)
    outbox.put("an event after the goodbye")
    outbox.answer("done")
    assert reader.taken == ["done", "websocket.close"]
