from datetime import date

from audit.spreadsheets import as_csv
from bookings.spaces.models import Space
from bookings.usage.reports import Report
from bookings.usage.tallies import Tally

COLUMNS = (
    "space",
    "capacity",
    "week",
    "bookings",
    "hours booked",
    "hours used",
    "hours released",
    "hours cancelled",
    "people on average",
)


def table(report: Report) -> str:
    """A row for each space and week in which something was booked."""
    spaces = {space.pk: space for space in report.spaces}
    found = sorted(report.by_space_and_week.items(), key=lambda item: (spaces[item[0][0]].name, item[0][1]))
    return as_csv(COLUMNS, (_row(spaces[pk], week, tally) for (pk, week), tally in found))


def _row(space: Space, week: date, tally: Tally) -> list[object]:
    hours = (f"{value:.2f}" for value in (tally.booked, tally.used, tally.released, tally.cancelled))
    return [space.name, space.capacity, week.isoformat(), tally.bookings, *hours, f"{tally.people_on_average:.1f}"]
