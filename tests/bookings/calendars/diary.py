"""A small calendar program: what somebody has in it after reading mails in whatever order they came."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.core.mail import EmailMessage
from icalendar import Event

from tests.schedules.mails import calendar

Name = tuple[str, datetime | None]  # UID and RECURRENCE-ID


@dataclass
class Diary:
    """Keeps the highest SEQUENCE of each event, and takes out what is called off."""

    kept: dict[Name, Event] = field(default_factory=dict)
    latest: dict[Name, int] = field(default_factory=dict)

    def read(self, *mails: EmailMessage) -> "Diary":
        for mail in mails:
            file = calendar(mail)
            for event in file.walk("VEVENT"):
                self._take(event, called_off=file["METHOD"] == "CANCEL")
        return self

    def entries(self) -> list[tuple[str, datetime]]:
        return sorted((str(one["SUMMARY"]), one.decoded("dtstart").astimezone(UTC)) for one in self.kept.values())

    def _take(self, event: Event, *, called_off: bool) -> None:
        at = event.decoded("recurrence-id").astimezone(UTC) if "recurrence-id" in event else None
        name = (str(event["UID"]), at)
        if event["SEQUENCE"] < self.latest.get(name, 0):
            return
        self.latest[name] = event["SEQUENCE"]
        self.kept[name] = event
        if called_off:
            del self.kept[name]
