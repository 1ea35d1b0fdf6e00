"""Everything that one person may read about a meeting: the page and both downloads show this and no more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from rooms import totals
from rooms.access import has_hosted
from rooms.models import Meeting
from rooms.moderation import Deed, deeds
from rooms.record import Figure, Person, RaisedHand, Rows, counted, people, sections
from rooms.services.retention import days_kept, kept_until


@dataclass(frozen=True, slots=True)
class Report:
    """`deeds` is what hosts did, None for who did not host this meeting."""

    meeting: Meeting
    people: list[Person]
    sections: dict[str, Rows]
    deeds: list[Deed] | None

    @property
    def hands(self) -> list[RaisedHand]:
        return sorted((hand for person in self.people for hand in person.hands), key=lambda hand: hand.raised_at)

    @property
    def files(self) -> list[dict[str, Any]]:
        return [row for rows in self.sections.values() for row in rows if row.get("file")]

    @property
    def figures(self) -> list[Figure]:
        return totals.figures(self.people) + counted(self.sections)

    @property
    def kept_until(self) -> datetime | None:
        return kept_until(self.meeting)

    @property
    def days_kept(self) -> int:
        return days_kept(self.meeting)


def report_for(reader: User, meeting: Meeting) -> Report:
    did = deeds(meeting) if has_hosted(meeting, reader) else None
    return Report(meeting, people(meeting), sections(meeting, reader), did)
