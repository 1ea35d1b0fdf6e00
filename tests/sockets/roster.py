"""What a page knows: a snapshot and the events after it, applied as static/js/protocol/sequence.js and
static/js/call/roster.js do."""

from typing import Any

Message = dict[str, Any]


class Roster:
    def __init__(self, snapshot: Message) -> None:
        self.replace(snapshot)

    def replace(self, snapshot: Message) -> None:
        self.seq: int = snapshot["seq"]
        self.room: Message = snapshot["room"]
        self.people: dict[str, Message] = {one["id"]: one for one in snapshot["participants"]}

    def take(self, event: Message) -> None:
        """Asserts that no event is missing; one that the snapshot holds already is skipped."""
        if "seq" not in event or event["seq"] <= self.seq:
            return
        assert event["seq"] == self.seq + 1, f"a gap after {self.seq}: {event}"
        self.seq += 1
        self._apply(event)

    def _apply(self, event: Message) -> None:
        who = event.get("participant", "")
        match event["type"]:
            case "participant.joined" | "participant.returned" | "participant.updated":
                self.people[who["id"]] = who
            case "participant.dropped":
                self._change(who, connected=False)
            case "participant.left":
                self.people.pop(who, None)
            case "hand.raised":
                self._change(who, hand=event["at"])
            case "hand.lowered":
                self._change(who, hand=None)
            case "room.updated":
                self.room = event["room"]

    def _change(self, who: str, **fields: Any) -> None:
        if who in self.people:
            self.people[who] = {**self.people[who], **fields}

    def equals(self, snapshot: Message) -> bool:
        people = {one["id"]: one for one in snapshot["participants"]}
        return (self.seq, self.room, self.people) == (snapshot["seq"], snapshot["room"], people)
