"""Who may do what, and which setting changes it: one table, asked of the server by the tests and shown by the docs.

`python -m tests.sockets.permissions` prints docs/permissions.md.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

# The order in which they ask: who may do most comes last, for that may be the end of it.
WHO = {
    "without_session": "no session",
    "session_ended": "session over",
    "not_joined": "not joined",
    "waiting": "waiting",
    "left": "left",
    "removed": "removed",
    "host_elsewhere": "host of another room",
    "guest": "guest",
    "member": "participant",
    "cohost": "co-host",
    "host": "host",
}
OUTSIDE = ("without_session", "session_ended", "not_joined", "waiting", "left", "removed")
INSIDE = ("guest", "member", "cohost", "host")
Answers = dict[str, str]

VARIANTS: dict[str, dict[str, Any]] = {
    "the defaults": {},
    **{
        f"`{name}` off": {name: False}
        for name in (
            "allow_chat",
            "allow_files",
            "allow_private_messages",
            "allow_screen_share",
            "allow_reactions",
            "allow_unmute",
            "allow_camera",
            "allow_guest_access",
            "show_participants_before_join",
        )
    },
    **{
        f"`{name}` on": {name: True}
        for name in ("wait_for_host", "only_when_scheduled", "mute_participants_on_join", "camera_off_on_join")
    },
    "`waiting_room` GUESTS": {"waiting_room": "GUESTS"},
    "`waiting_room` EVERYONE": {"waiting_room": "EVERYONE"},
    "`max_participants` reached": {"max_participants": 2},
    "`without_host` END": {"without_host": "END"},
    "`records_kept` 30": {"records_kept": 30},
    "media MESH": {"engine": "MESH"},
    "media RELAY": {"engine": "RELAY"},
    "locked": {"is_locked": True},
    "suspended": {"is_suspended": True},
}


def answers(outside: str = "meeting.not-joined", **others: str) -> Answers:
    """Done for everybody inside, unless said otherwise."""
    return {who: others.get(who, outside if who in OUTSIDE else "done") for who in WHO}


def those(code: str, *who: str) -> Answers:
    return dict.fromkeys(who, code)


@dataclass(frozen=True, slots=True)
class Row:
    """`final`: whoever does it may be out, so each answer of it needs people of its own."""

    fields: dict[str, Any]
    answers: Answers
    unless: dict[str, Answers] = field(default_factory=dict)
    final: bool = False

    def expected(self, variant: str) -> Answers:
        return self.answers | self.unless.get(variant, {})


NOT_HOST = "role.insufficient"
NOT_HERE = "participant.not-found"
EVERYBODY = answers()
HOSTS = answers(guest=NOT_HOST, member=NOT_HOST)  # host_elsewhere: in their own room
HOSTS_TO_PEOPLE = answers(host_elsewhere=NOT_HERE, guest=NOT_HOST, member=NOT_HOST)
HOST_TO_PEOPLE = HOSTS_TO_PEOPLE | those(NOT_HOST, "cohost")
TO_PEOPLE = answers(host_elsewhere=NOT_HERE)
NOT_WAITING = answers(host_elsewhere="participant.not-waiting", guest=NOT_HOST, member=NOT_HOST) | those(
    "participant.not-waiting", "cohost", "host"
)
NO_WORKER = "relay.unavailable"  # none runs in these tests
TO_RELAY = answers(NO_WORKER) | those("meeting.not-joined", *OUTSIDE[:4]) | those(NO_WORKER, "host_elsewhere", *INSIDE)
HARMLESS = answers("done") | those("meeting.not-joined", *OUTSIDE[:3])  # nothing is done for those who are out
OF_THE_AUTHOR = answers(host_elsewhere="message.not-found") | those("message.not-yours", "guest", "cohost", "host")
HOSTS_OR_AUTHOR = answers(host_elsewhere="message.not-found") | those("message.not-yours", "guest", "member")
TO_MESSAGES = answers(host_elsewhere="message.not-found")
OF_THE_TWO = answers(host_elsewhere="message.not-found") | those("message.not-found", "cohost", "host")


def media(source: str, setting: str) -> Row:
    refused = {
        f"`{setting}` off": those(f"{source}.not-allowed", "guest", "member"),
        "suspended": those("meeting.suspended", "guest", "member"),
    }
    return Row({"source": source, "on": True}, EVERYBODY, refused)


def writing(fields: dict[str, Any], allowed: Answers) -> Row:
    """Off means off for hosts as well; in another room it is on."""
    done = [who for who in INSIDE if allowed[who] == "done"]
    refused = {"`allow_chat` off": those("chat.not-allowed", *done), "suspended": those("meeting.suspended", *done)}
    return Row(fields, allowed, refused)


SIGNAL = {"to": "target", "session": str(uuid4())}
AT_THE_DOOR = ("without_session", "session_ended", "not_joined")
CALL: dict[str, Row] = {
    "meeting.join": Row(
        {"microphone": True, "camera": True, "move": True},
        answers("meeting.already-joined")
        | those("seat.missing", "without_session", "session_ended")
        | those("done", "not_joined", "waiting")
        | those("meeting.already-joined", "host_elsewhere", *INSIDE),
        {
            "`allow_guest_access` off": those("room.sign-in-needed", "without_session", "session_ended", "waiting"),
            "locked": those("room.locked", *AT_THE_DOOR, "waiting"),
            "`only_when_scheduled` on": those("room.not-now", *AT_THE_DOOR, "waiting"),
            "`max_participants` reached": those("room.full", *AT_THE_DOOR, "waiting"),
        },
        final=True,
    ),
    "meeting.leave": Row({}, EVERYBODY, final=True),
    "meeting.resync": Row({}, EVERYBODY),
    "meeting.end": Row({}, HOSTS, {}, final=True),
    "meeting.suspend": Row({}, HOSTS),
    "meeting.resume": Row({}, HOSTS),
    "connection.renew": Row({"seq": 1}, HARMLESS),
    "media.set microphone": media("microphone", "allow_unmute"),
    "media.set camera": media("camera", "allow_camera"),
    "media.set screen": media("screen", "allow_screen_share"),
    "hand.raise": Row({}, EVERYBODY),
    "hand.lower": Row({}, EVERYBODY),
    "reaction.send": Row(
        {"emoji": "👍"},
        EVERYBODY,
        {
            "`allow_reactions` off": those("reaction.not-allowed", *INSIDE),
            "suspended": those("meeting.suspended", "guest", "member"),
        },
    ),
    "offer": Row({"sdp": "v=0", **SIGNAL}, TO_PEOPLE),
    "answer": Row({"sdp": "v=0", **SIGNAL}, TO_PEOPLE),
    "candidate": Row({"candidate": None, **SIGNAL}, TO_PEOPLE),
    "mesh.failed": Row({"participant": "target"}, TO_PEOPLE),
    "relay.enter": Row(
        {},
        answers(host_elsewhere="relay.not-used") | those(NO_WORKER, *INSIDE),
        {"media MESH": those("relay.not-used", *INSIDE)},
    ),
    "relay.publish": Row({"sdp": "v=0", "mids": {}}, TO_RELAY),
    "relay.accept": Row({"version": 1, "fingerprint": "", "ufrag": ""}, TO_RELAY),
    "relay.want": Row({"heights": {}}, TO_RELAY),
    "relay.restart": Row({}, TO_RELAY),
    "waiting.withdraw": Row(
        {},
        dict.fromkeys(WHO, "participant.not-waiting") | those("done", "waiting"),
        final=True,
    ),
    "waiting.list": Row({}, HOSTS),
    "waiting.admit": Row(
        {"participant": "target"},
        NOT_WAITING,
        {"`max_participants` reached": those("room.full", "cohost", "host")},
    ),
    "waiting.admit-all": Row({}, HOSTS, final=True),
    "waiting.deny": Row({"participant": "target"}, NOT_WAITING),
    "participant.send-back": Row(
        {"participant": "target"},
        HOSTS_TO_PEOPLE | those("room.no-waiting-room", "cohost", "host"),
        {f"`waiting_room` {mode}": those("done", "cohost", "host") for mode in ("GUESTS", "EVERYONE")},
        final=True,
    ),
    "media.stop": Row({"participant": "target", "source": "camera"}, HOSTS_TO_PEOPLE),
    "media.mute-all": Row({"may_unmute": True}, HOSTS),
    "unmute.ask": Row({"participant": "target"}, HOSTS_TO_PEOPLE),
    "hand.lower-other": Row({"participant": "target"}, HOSTS_TO_PEOPLE),
    "hand.lower-all": Row({}, HOSTS),
    "cohost.make": Row({"participant": "target"}, HOST_TO_PEOPLE),
    "cohost.revoke": Row({"participant": "target"}, HOST_TO_PEOPLE),
    "host.hand-over": Row({"participant": "target"}, HOST_TO_PEOPLE),
    "host.take": Row({}, HOSTS | those(NOT_HOST, "cohost")),
    "spotlight.set": Row({"participant": "target"}, HOSTS_TO_PEOPLE),
    "spotlight.clear": Row({}, HOSTS),
    "participant.rename": Row(
        {"participant": "target", "name": "Grace"},
        HOSTS_TO_PEOPLE | those("participant.not-guest", "cohost", "host"),
    ),
    "participant.remove": Row({"participant": "target"}, HOSTS_TO_PEOPLE, final=True),
    "room.switch": Row({"setting": "allow_chat", "on": False}, HOSTS),
    "room.lock": Row({}, HOSTS),
    "room.unlock": Row({}, HOSTS),
}
CHAT: dict[str, Row] = {
    "thread.join": Row(
        {},
        answers("thread.already-joined")
        | those("thread.not-found", *OUTSIDE[:4])
        | those("thread.already-joined", "host_elsewhere", *INSIDE),
    ),
    "thread.resync": Row({}, EVERYBODY),
    "thread.read": Row({"number": 1}, EVERYBODY),
    "message.send": writing({"content": "hello", "client_id": str(uuid4())}, EVERYBODY),
    "message.edit": writing({"message": "of_member", "content": "otherwise"}, OF_THE_AUTHOR),
    "message.delete": Row({"message": "of_left"}, HOSTS_OR_AUTHOR, final=True),
    "message.react": writing({"message": "of_member", "emoji": "👍", "on": True}, TO_MESSAGES),
    "typing.set": writing({"on": True}, EVERYBODY),
    "message.search": Row({"text": "hello"}, EVERYBODY),
    "message.list": Row({"before": 9}, EVERYBODY),
    "connection.renew": Row({}, HARMLESS | those("meeting.not-joined", "waiting")),
}
CHAT["message.react"].unless["`allow_reactions` off"] = those("reaction.not-allowed", *INSIDE)
# Of what a participant has written to one guest alone; and writing to that participant.
PRIVATE: dict[str, Row] = {
    "message.react": Row({"message": "of_member", "emoji": "👍", "on": True}, OF_THE_TWO),
    "message.edit": Row(
        {"message": "of_member", "content": "otherwise"}, OF_THE_TWO | those("message.not-yours", "guest")
    ),
    "message.send": Row(
        {"content": "hello", "client_id": str(uuid4()), "to": "member"},
        answers(host_elsewhere=NOT_HERE, member="private.to-yourself"),
        {"`allow_private_messages` off": those("private.not-allowed", "guest", "cohost", "host")},
    ),
}
PRIVATE["message.edit"].unless.update(
    {
        "`allow_chat` off": those("chat.not-allowed", "member"),
        "suspended": those("meeting.suspended", "member"),
        "`allow_private_messages` off": those("private.not-allowed", "member"),
    }
)
for name in ("message.react", "message.send"):
    PRIVATE[name].unless["`allow_chat` off"] = those("chat.not-allowed", *INSIDE)
    PRIVATE[name].unless["suspended"] = those("meeting.suspended", *INSIDE)
PRIVATE["message.react"].unless["`allow_reactions` off"] = those("reaction.not-allowed", *INSIDE)
PRIVATE["message.react"].unless["`allow_private_messages` off"] = those("private.not-allowed", "guest", "member")
TABLES = {"The call": CALL, "The chat": CHAT, "Private messages": PRIVATE}


def as_markdown() -> str:
    parts = [INTRODUCTION]
    for heading, table in TABLES.items():
        parts += [f"## {heading}", _grid(table), "Where a setting makes a difference:", _differences(table)]
    return "\n\n".join(parts) + "\n"


INTRODUCTION = """# Who may do what

Every command, asked by everybody who could hold a socket, under every setting of a room: ✓ is done, anything else is
the code of the refusal. Out of this table the tests ask the server, so it is what holds. Where commands name a person,
hosts name a participant, and everybody else names the host."""


def _grid(table: dict[str, Row]) -> str:
    lines = [_line("Command", *WHO.values()), _line("---", *["---"] * len(WHO))]
    lines += [_line(f"`{name}`", *(_cell(row.answers[who]) for who in WHO)) for name, row in table.items()]
    return "\n".join(lines)


def _differences(table: dict[str, Row]) -> str:
    lines = [_line("Setting", "Command", "For", "Answer"), _line(*["---"] * 4)]
    for variant in VARIANTS:
        for name, row in table.items():
            changed = row.unless.get(variant, {})
            for code in dict.fromkeys(changed.values()):
                people = ", ".join(WHO[who] for who in WHO if changed.get(who) == code)
                lines.append(_line(variant, f"`{name}`", people, _cell(code)))
    return "\n".join(lines)


def _cell(code: str) -> str:
    return "✓" if code == "done" else f"`{code}`"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(as_markdown(), end="")
