"""Everything that one person may read about a meeting: the page and both downloads show this and no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from rooms import totals
from rooms.access import has_hosted
from rooms.models import Meeting
from rooms.moderation import Deed, deeds
from rooms.record import Figure, Person, RaisedHand, Rows, counted, people, sections
from rooms.services.retention import days_kept


@dataclass(frozen=True, slots=True)
class Report:
    """`deeds` is what hosts did, None for who did not host this meeting; `days_kept` is 0 for ever."""

    meeting: Meeting
    people: list[Person]
    sections: dict[str, Rows]
    deeds: list[Deed] | None
    days_kept: int

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
        """None for ever, and while it has not ended."""
        ended_at = self.meeting.ended_at
        return ended_at + timedelta(days=self.days_kept) if ended_at and self.days_kept else None


def report_for(reader: User, meeting: Meeting) -> Report:
    did = deeds(meeting) if has_hosted(meeting, reader) else None
    return Report(meeting, people(meeting), sections(meeting, reader), did, days_kept(meeting.room_id))
