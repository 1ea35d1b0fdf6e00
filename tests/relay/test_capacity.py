"""How many people a machine carries is found out by loading it."""

import asyncio
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from relay.load import capacity
from relay.load.capacity import MEETING, Step, steps


def step(people: int, **fields: float) -> Step:
    return Step(people, **{"core": 0.3, "lost": 0.0, "p50": 0.001, "p99": 0.004, "pace": 1.0, **fields})  # type: ignore[arg-type]


async def test_ten_people_see_nine_others_each_through_a_worker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(capacity, "FULL", 0.0)
    [first] = [one async for one in steps(0.5)]
    assert first.people == MEETING
    assert first.core > 0 and 0 < first.p50 <= first.p99
    assert first.lost < 1


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (step(30, core=0.97), "the worker's core is full"),
        (step(30, lost=0.02), "more than 1% is lost"),
        (step(30, pace=0.9), "the load cannot keep pace"),
    ],
)
def test_the_last_step_that_fits_is_what_the_machine_carries(monkeypatch: pytest.MonkeyPatch, last: Step, why: str):
    said = measured(monkeypatch, step(10), step(20), last)
    assert "This machine: 20 people with 9 tiles each" in said
    assert why in said


def test_where_no_more_can_connect_it_says_so(monkeypatch: pytest.MonkeyPatch):
    said = measured(monkeypatch, step(10))
    assert "This machine: 10 people" in said and "they cannot connect in time" in said
    with pytest.raises(CommandError, match="Not even 10 people fit: they cannot connect in time"):
        measured(monkeypatch)


def test_a_machine_on_which_nothing_fits_is_told_so(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(CommandError, match="Not even 10 people fit: more than 1% is lost"):
        measured(monkeypatch, step(10, lost=0.5))


def measured(monkeypatch: pytest.MonkeyPatch, *found: Step) -> str:
    async def several(seconds: float):
        for one in found:
            await asyncio.sleep(0)
            yield one

    monkeypatch.setattr("meet.management.commands.capacity.steps", several)
    said = StringIO()
    call_command("capacity", stdout=said)
    return said.getvalue()
