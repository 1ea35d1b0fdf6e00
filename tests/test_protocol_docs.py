"""docs/protocol.md names every command, field, refusal, close code, event, limit and audit action, and no others."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.actions import Action
from chat import consumers as chat_consumers
from chat.consumers import ChatConsumer
from realtime import consumers, outbox
from realtime.refusals import Close
from rooms import lookups
from rooms.services import admission, meetings
from signaling import commands, views
from signaling.consumers import CallConsumer
from signaling.relays import EVENTS
from signaling.services import presence, states

ROOT = Path(__file__).resolve().parent.parent
APPS = ("realtime", "organizations", "rooms", "signaling", "chat", "bookings")
TEXT = (ROOT / "docs/protocol.md").read_text()
CONSTANTS = {
    name: getattr(module, name)
    for module, names in {
        consumers: (
            "SILENCE_BEFORE_JOIN",
            "SILENCE",
            "RENEWAL",
            "MAX_MESSAGE",
            "COMMANDS_PER_SECOND",
            "COMMANDS_AT_ONCE",
            "ABUSES",
        ),
        admission: ("LEASE", "GRACE"),
        presence: ("SWEEP_EVERY",),
        meetings: ("EMPTY_FOR",),
        outbox: ("SEND_TIMEOUT", "LIMIT_FRAMES"),
        commands: ("SDP_LIMIT",),
        chat_consumers: ("MESSAGES_AT_ONCE",),
        lookups: ("MISSES",),
        views: ("NAMES_PER_MINUTE",),
    }.items()
    for name in names
}


def part(heading: str) -> str:
    """What stands under this heading, up to the next of the same level."""
    level = heading.split(" ")[0]
    after = TEXT.split(f"\n{heading}\n")[1]
    return re.split(rf"\n#{{1,{len(level)}}} ", after)[0]


def rows(text: str) -> dict[str, str]:
    """Rows of tables by the names in their first cell."""
    found = {}
    for line in text.splitlines():
        if line.startswith("| `"):
            first, rest = line[2:].split(" | ", 1)
            found |= dict.fromkeys(re.findall(r"`([^`]+)`", first), rest)
    return found


def sources() -> Iterator[ast.AST]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield from ast.walk(ast.parse(path.read_text()))


def calls(*names: str) -> Iterator[ast.Call]:
    for node in sources():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def texts(node: ast.AST) -> list[str]:
    return [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


@pytest.mark.parametrize(("heading", "consumer"), [("## The call", CallConsumer), ("## The chat", ChatConsumer)])
def test_every_command_and_each_of_its_fields(heading, consumer):
    described = rows(part(heading).split("| Event |")[0])
    assert consumer.commands.keys() <= described.keys()
    for name, command in consumer.commands.items():
        fields = [field for field in command.schema.__struct_fields__ if field not in {"type", "id"}]
        assert [field for field in fields if f"`{field}`" not in described[name]] == [], name


def test_no_command_that_is_not_there():
    table = part("### Commands").split("**`meeting.join`**")[0]
    assert rows(table).keys() == CallConsumer.commands.keys()
    assert rows(part("## The chat").split("| Event |")[0]).keys() == ChatConsumer.commands.keys()


def test_the_reactions_that_exist():
    described = rows(part("### Commands"))["reaction.send"]
    assert [emoji for emoji in states.EMOJI if emoji not in described] == []


def refusals() -> set[str]:
    """Made by name, or by a class of their own."""
    made = [call.args[0] for call in calls("Refused")]
    for node in sources():
        if isinstance(node, ast.ClassDef) and "Refused" in [getattr(base, "id", "") for base in node.bases]:
            made += [one.args[0] for one in ast.walk(node) if isinstance(one, ast.Call) and _is_super(one)]
    return {text for first in made for text in texts(first)}


def _is_super(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "super().__init__"


def test_every_refusal():
    codes = refusals()
    assert len(codes) > 25
    assert sorted(code for code in codes if f"`{code}`" not in TEXT) == []


def test_no_refusal_that_is_not_there():
    known = refusals() | {action.value for action in Action} | event_names() | set(CallConsumer.commands)
    known |= set(ChatConsumer.commands) | {"snapshot.stale", "message.posted"}
    named = set(re.findall(r"`([a-z]+\.[a-z-]+)`", TEXT))
    assert named - known == set()


def event_names() -> set[str]:
    first = {text for call in calls("tell", "tell_in_passing") for text in texts(call.args[1])}
    by_variable = {
        text
        for node in sources()
        if isinstance(node, ast.Assign) and [getattr(one, "id", "") for one in node.targets] == ["event"]
        for text in texts(node.value)
        if re.fullmatch(r"[a-z]+\.[a-z]+", text)
    }
    written = {
        value.value
        for node in sources()
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
        and key.value == "type"
        and isinstance(value, ast.Constant)
        and isinstance(value.value, str)
        and "." in value.value
        and not value.value.startswith("websocket.")
    }
    return first | by_variable | written | set(EVENTS.values())


def test_every_event():
    events = event_names()
    assert len(events) >= 13
    described = rows(part("### Events"))
    for heading in ("## The chat", "## Bookings"):
        described |= rows(part(heading).split("| Event |")[1])
    assert sorted(events - described.keys()) == []
    assert {"offer", "answer", "candidate"} <= described.keys()
    assert sorted(described.keys() - events - {"offer", "answer", "candidate"}) == []


def test_the_fields_of_events():
    described = rows(part("### Events"))
    for call in calls("tell", "tell_in_passing"):
        fields = {keyword.arg for keyword in call.keywords if keyword.arg} - {"soon"}
        for event in texts(call.args[1]):
            assert sorted(field for field in fields if f"`{field}`" not in described[event]) == [], event


def test_the_snapshot():
    described = part("### Snapshot")
    keys = {
        key.value
        for node in ast.walk(
            ast.parse((ROOT / "rooms/events.py").read_text() + (ROOT / "rooms/snapshots.py").read_text())
        )
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict)
        for key in (one for inner in ast.walk(node.value) if isinstance(inner, ast.Dict) for one in inner.keys)
        if isinstance(key, ast.Constant)
    }
    assert len(keys) > 20
    assert sorted(key for key in keys - {"type"} if f"`{key}`" not in described) == []


def test_every_close_code_and_whether_a_page_comes_back():
    table = {}
    for line in part("## Close codes").splitlines():
        if found := re.match(r"\| (\d{4}) \| `(\w+)` \|.*\| (yes|no)\b", line):
            table[int(found[1])] = (found[2], found[3])
    assert {code: name for code, (name, _) in table.items()} == {int(one): one.name for one in Close}
    listed = re.search(r"FINAL = new Set\(\[([\d, ]+)\]\)", (ROOT / "static/js/protocol/socket.js").read_text())
    assert listed is not None
    final = {int(code) for code in listed[1].split(",")}
    assert {code for code, (_, back) in table.items() if back == "no"} == final


def test_every_audit_action():
    assert rows(part("## Audit")).keys() == {action.value for action in Action}


def test_timings_and_limits():
    described = rows(part("## Presence and timing")) | rows(part("## Limits"))
    for name, value in CONSTANTS.items():
        number = value.total_seconds() if hasattr(value, "total_seconds") else value
        found = re.match(r"\d+", described[name])
        assert found is not None, name
        assert int(found[0]) == number, name
