"""A small calendar program: what somebody has in it after reading mails, however often and in whatever order."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import recurring_ical_events
from django.core.mail import EmailMessage
from icalendar import Calendar, Event

from tests.bookings.calendars.reading import EARLY, LATE
from tests.schedules.mails import calendar

Name = tuple[str, datetime | None]  # UID and RECURRENCE-ID


@dataclass
class Diary:
    """Keeps the highest SEQUENCE of each event, and takes out what is called off. A rule that is told anew with a
    higher one replaces all that was known of its series (RFC 5546, 3.2.2).
    """

    kept: dict[Name, Event] = field(default_factory=dict)
    off: dict[Name, int] = field(default_factory=dict)

    def read(self, *mails: EmailMessage) -> "Diary":
        for mail in mails:
            file = calendar(mail)
            events = file.walk("VEVENT")
            for event in sorted(events, key=lambda one: "recurrence-id" in one):
                self._take(event, called_off=file["METHOD"] == "CANCEL")
        return self

    def entries(self) -> list[tuple[str, datetime]]:
        return sorted((str(one["SUMMARY"]), at) for at, one in self.spread().items())

    def spread(self) -> dict[datetime, Event]:
        """Every date by its start."""
        file = Calendar()
        for event in self.kept.values():
            file.add_component(event)
        found = recurring_ical_events.of(file).between(EARLY, LATE)
        return {one.start.astimezone(UTC): one for one in found if self._name(one) not in self.off}

    def _name(self, event: Event) -> Name:
        at = event.decoded("recurrence-id").astimezone(UTC) if "recurrence-id" in event else None
        return str(event["UID"]), at

    def _take(self, event: Event, *, called_off: bool) -> None:
        name = self._name(event)
        if event["SEQUENCE"] < self._known(name):
            return
        if name[1] is None:
            for other in [one for one in (*self.kept, *self.off) if one[0] == name[0]]:
                self._forget(other)
        self._forget(name)
        if called_off:
            self.off[name] = event["SEQUENCE"]
        else:
            self.kept[name] = event

    def _known(self, name: Name) -> int:
        """Of a date that was never told on its own, what its series has."""
        for one in (name, (name[0], None)):
            if one in self.kept:
                return int(self.kept[one]["SEQUENCE"])
            if one in self.off:
                return self.off[one]
        return 0

    def _forget(self, name: Name) -> None:
        self.kept.pop(name, None)
        self.off.pop(name, None)
