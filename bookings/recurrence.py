"""Which rules a series may have, and its dates. A rule is checked before it is expanded: some would never end."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from realtime.refusals import Refused
from rooms.schedules.times import WEEKDAYS, Span, spans

MOST = 366  # dates
LONGEST = timedelta(days=731)
MOMENT = "%Y%m%dT%H%M%SZ"
NUMBER = re.compile(r"[1-9]\d{0,2}")
WEEKS = re.compile(rf"(?:{'|'.join(WEEKDAYS)})(?:,(?:{'|'.join(WEEKDAYS)})){{0,6}}")
FREQUENCIES = {"DAILY": set[str](), "WEEKLY": {"BYDAY"}, "MONTHLY": {"BYMONTHDAY"}}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule and its first time, as `times.spans` reads it."""

    starts_at: datetime
    ends_at: datetime
    rrule: str
    zone: ZoneInfo

    def dates(self) -> list[Span]:
        """All of them, in UTC; a time of day that the clocks leave out is shifted forward."""
        _refuse_odd_rule(self.rrule, self.starts_at.astimezone(self.zone))
        latest = self.starts_at + LONGEST
        found = list(spans(self))
        if len(found) > MOST or (found and found[-1].starts_at > latest):
            raise refused(_("A series has at most 366 dates, within two years."))
        if not found:
            raise refused(_("There is no date in this series."))
        return found

    def is_shifted(self, span: Span) -> bool:
        """Whether the clocks go forward over its time of day."""
        wall, meant = (one.astimezone(self.zone).time() for one in (span.starts_at, self.starts_at))
        return wall != meant


def refused(text: Any) -> Refused:
    return Refused("booking.rule-refused", text)


def parts_of(rrule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rrule.split(";")]
    found = {name: value for name, _equals, value in pairs}
    if len(found) < len(pairs) or not all(found.values()):
        raise _odd()
    return found


def ending_before(rrule: str, moment: datetime) -> str:
    """The same rule, whose last date is before this one."""
    return _ending(rrule, moment - timedelta(seconds=1))


def on_other_days(rrule: str, days: int, first: datetime, last: datetime) -> str:
    """The same rule for dates so many days later; `first` in the zone of the series, `last` in any."""
    parts = parts_of(rrule)
    if "BYDAY" in parts:
        shifted = sorted((WEEKDAYS.index(day) + days) % 7 for day in parts["BYDAY"].split(","))
        parts["BYDAY"] = ",".join(WEEKDAYS[day] for day in shifted)
    if "BYMONTHDAY" in parts:
        parts["BYMONTHDAY"] = str(first.day)
    return _ending(";".join(f"{name}={value}" for name, value in parts.items()), last)


def _ending(rrule: str, last: datetime) -> str:
    kept = [f"{name}={value}" for name, value in parts_of(rrule).items() if name not in ("COUNT", "UNTIL")]
    return ";".join([*kept, f"UNTIL={last.astimezone(UTC):{MOMENT}}"])


def _refuse_odd_rule(rrule: str, first: datetime) -> None:
    """`first`: in the zone of the series."""
    parts = parts_of(rrule[:200])
    own = FREQUENCIES.get(parts.pop("FREQ", ""))
    if own is None or parts.keys() - {"INTERVAL", "COUNT", "UNTIL", *own}:
        raise _odd()
    if int(_matched(NUMBER, parts.get("INTERVAL", "1"))) > 99:
        raise _odd()
    if "BYDAY" in parts:
        _matched(WEEKS, parts["BYDAY"])
    if parts.get("BYMONTHDAY", str(first.day)) != str(first.day):
        raise _odd()
    _refuse_odd_end(parts, first)


def _refuse_odd_end(parts: dict[str, str], first: datetime) -> None:
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise refused(_("Say either how often or until when it repeats."))
    if "COUNT" in parts and int(_matched(NUMBER, parts["COUNT"])) > MOST:
        raise refused(_("A series has at most 366 dates, within two years."))
    if "UNTIL" in parts:
        try:
            until = datetime.strptime(parts["UNTIL"], MOMENT).replace(tzinfo=UTC)
        except ValueError as wrong:
            raise _odd() from wrong
        if until > first + LONGEST:
            raise refused(_("A series has at most 366 dates, within two years."))


def _matched(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise _odd()
    return text


def _odd() -> Refused:
    return refused(_("It cannot repeat like that. Choose days, weeks or months, and an end."))
