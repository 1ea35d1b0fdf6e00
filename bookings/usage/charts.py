"""Numbers as shapes of SVG. What they show stands beside them as a table, for who does not see them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bookings.usage.reports import QUARTERS, Report

CELL = 24  # units of the picture, whatever its size on the page
PLOT = 160
LEFT, TOP = 44, 24


@dataclass(frozen=True, slots=True)
class Shape:
    x: float
    y: float
    width: float
    height: float
    words: str = ""
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`over` are drawn on top of `shapes`, in another colour; `note` says how to read it, `rows` the same in words."""

    title: str
    width: float
    height: float
    shapes: list[Shape]
    labels: list[Label]
    columns: list[str]
    rows: list[list[Any]]
    over: tuple[Shape, ...] = ()
    note: str = ""


def heat_map(report: Report) -> Chart:
    """How much of each hour of the week is booked."""
    shares = [[report.share(day, hour) for hour in range(24)] for day in range(7)]
    most = max(map(max, shares)) or 1.0
    days = [str(WEEKDAYS_ABBR[day]) for day in range(7)]
    return Chart(
        title=_("Booked by weekday and hour"),
        width=LEFT + 24 * CELL + LEFT,
        height=TOP + 7 * CELL,
        shapes=[_cell(days[day], day, hour, shares[day][hour], most) for day in range(7) for hour in range(24)],
        labels=[Label(0, TOP + CELL * (day + 0.7), name) for day, name in enumerate(days)]
        + [Label(LEFT + CELL * hour, TOP - 8, f"{hour:02}") for hour in range(0, 24, 3)],
        note=_("The strongest colour is %(share)s of the time.") % {"share": f"{max(map(max, shares)):.0%}"},
        columns=[_("Hour"), *days],
        rows=[[f"{hour:02}:00", *(f"{shares[day][hour]:.0%}" for day in range(7))] for hour in range(24)],
    )


def _cell(name: str, day: int, hour: int, share: float, most: float) -> Shape:
    words = f"{name} {hour:02}:00: {share:.0%}"
    return Shape(LEFT + CELL * hour + 1, TOP + CELL * day + 1, CELL - 2, CELL - 2, words, round(share / most, 3))


def trend(report: Report) -> Chart:
    """Hours of each week: booked, and of these used."""
    most = max((tally.booked for tally in report.weeks.values()), default=0.0) or 1.0
    step = max(CELL, 24 * CELL / max(1, len(report.weeks)))
    weeks = list(report.weeks.items())
    return Chart(
        title=_("Hours booked and used per week"),
        width=LEFT + step * len(weeks) + LEFT,
        height=TOP + PLOT + CELL,
        shapes=[_bar(index, step, tally.booked / most, week) for index, (week, tally) in enumerate(weeks)],
        over=tuple(_bar(index, step, tally.used / most, week) for index, (week, tally) in enumerate(weeks)),
        labels=[Label(0, TOP + 4, f"{most:.0f} h"), Label(0, TOP + PLOT, "0 h"), *_week_names([*report.weeks], step)],
        columns=[_("Week of"), _("Hours booked"), _("Hours used"), _("Bookings")],
        rows=[[_day(week), f"{one.booked:.1f}", f"{one.used:.1f}", one.bookings] for week, one in weeks],
    )


def _bar(index: int, step: float, share: float, week: date) -> Shape:
    height = round(PLOT * share, 1)
    return Shape(round(LEFT + step * index + 2, 1), TOP + PLOT - height, round(step - 4, 1), height, _day(week))


def _week_names(weeks: list[date], step: float) -> list[Label]:
    """As many as fit side by side."""
    every = max(1, round(96 / step))
    return [
        Label(round(LEFT + step * index + 2, 1), TOP + PLOT + 18, date_format(week, "j M"))
        for index, week in enumerate(weeks)
        if index % every == 0
    ]


def fullness(report: Report) -> Chart:
    """How many of the seats were wanted."""
    most = max(report.fullness.values(), default=0) or 1
    names = [f"{25 * one}–{25 * (one + 1)} %" for one in range(QUARTERS)]
    counts = [report.fullness[one] for one in range(QUARTERS)]
    height = CELL + 8
    return Chart(
        title=_("People against capacity"),
        width=LEFT * 2 + 20 * CELL + 60,
        height=height * QUARTERS,
        shapes=[
            Shape(LEFT * 2, height * row + 4, round(20 * CELL * count / most, 1), CELL, f"{names[row]}: {count}")
            for row, count in enumerate(counts)
        ],
        labels=[Label(0, height * row + 21, name) for row, name in enumerate(names)]
        + [
            Label(round(LEFT * 2 + 20 * CELL * count / most + 8, 1), height * row + 21, str(count))
            for row, count in enumerate(counts)
        ],
        columns=[_("Seats wanted"), _("Bookings")],
        rows=[[name, count] for name, count in zip(names, counts, strict=True)],
    )


def _day(day: date) -> str:
    return date_format(day, "j F Y")
