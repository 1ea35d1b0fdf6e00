"""How long nothing moves and nothing is heard while a meeting goes over to the relay, in milliseconds, on loopback.

`python -m benchmarks.hand_over [times]`: three pages of Chromium call each other directly, then two more people come.
Each page hears what comes out of its own loudspeaker and notes when pictures are shown. The longest times without are
printed: from a second before the fifth person until a second after the direct paths are closed, and for a quiet window
as long before that, since a machine with three browsers on two cores stumbles by itself. Then the same where one
direct path is closed: for the two who lose each other, and for the third.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.join_time import started
from tests.server import Server
from tests.services import eventually, found

PEOPLE = ("Anna", "Bert", "Cleo")
OTHERS = ("Dora", "Emil")
SCRIPT = Path(__file__).with_suffix(".js").read_text()
FLAGS = ["--auto-accept-this-tab-capture", "--autoplay-policy=no-user-gesture-required"]
LOW = """if (location.protocol.startsWith("http")) localStorage["meet.devices"] ??= '{"quality": "low"}';"""
VIEWPORT: ViewportSize = {"width": 640, "height": 400}  # drawn by the processor: what it takes is not the call's
DIRECT, RELAYED = len(PEOPLE) - 1, 2  # open connections
BEFORE, AFTER, WINDOW = 1.0, 1.0, 12.0  # seconds
PATIENCE = 60.0  # seconds
LONGEST = {"silence": 200, "standstill": 500, "black": 500}  # milliseconds


class Pair(NamedTuple):
    """What one page had of one other person: longest times without, in milliseconds."""

    page: str
    one: str
    silence: float
    standstill: float
    black: float


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="meet-hand-over-") as directory, sync_playwright() as playwright:
        environment = {"MEET_DATA_DIR": directory, "DATABASE_URL": f"sqlite:///{directory}/meet.sqlite3"}
        os.environ.update(environment | {"DJANGO_SETTINGS_MODULE": "meet.settings"})
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop running in this thread
        rooms = _rooms(times + 1)
        program = os.environ.get("CHROMIUM") or found("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS, ignore_default_args=["--mute-audio"])
        with started(environment, Path(directory)) as server:
            calls = [_call(browser, server, room, grow) for room in rooms[:times]]
            quiet, lost = _call(browser, server, rooms[-1], lose_one_path)
        browser.close()
    before, during = ([pair for call in calls for pair in call[half]] for half in (0, 1))
    _print("a window in which nothing happens", before)
    met = _print(f"{times} times over to the relay", during)
    two = {PEOPLE[0], PEOPLE[1]}
    _print("a direct path is lost, before", quiet)
    _print("  the two who lose each other", [pair for pair in lost if {pair.page, pair.one} == two])
    _print("  all other pairs", [pair for pair in lost if {pair.page, pair.one} != two])
    return int(not met)


def _print(what: str, pairs: list[Pair]) -> bool:
    """Whether nothing took too long."""
    shown, met = [], True
    for name, limit in LONGEST.items():
        taken = [getattr(pair, name) for pair in pairs]
        shown.append(f"{name} {statistics.median(taken):5.0f} {max(taken):5.0f}")
        met = met and max(taken) <= limit
    print(f"{what:36} {' | '.join(shown)}  ms, median and worst", flush=True)
    return met


class Room(NamedTuple):
    join_path: str
    socket_path: str
    seats: list[Any]
    """Of people without a page: clients of Django's with a session."""


def _rooms(count: int) -> list[Room]:
    """Each meeting begins as a new one, where no more people are than a direct call has."""
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.models import User
    from rooms.services.rooms import create_room
    from tests.conftest import guest_browser

    call_command("migrate", verbosity=0)
    alice = User.objects.create_user("alice@example.org", display_name="Alice")
    made = [create_room(host=alice, name=f"Room {number}") for number in range(count)]
    return [
        Room(room.join_path, f"/ws/rooms/{room.code}/", [guest_browser(room, name) for name in OTHERS]) for room in made
    ]


Scene = Callable[[ExitStack, Server, Room, list[Page]], None]


def _call(browser: Browser, server: Server, room: Room, scene: Scene) -> tuple[list[Pair], list[Pair]]:
    """What was seen and heard before the scene, and in it."""
    with ExitStack() as stack:
        pages = [_join(stack, browser, server.url + room.join_path, name) for name in PEOPLE]
        for page in pages:
            page.evaluate("handOver.listen()")
        eventually(lambda: all(_connections(page) == DIRECT for page in pages), "nobody is connected", PATIENCE)
        eventually(lambda: _all_there(pages), "not everybody is seen and heard", PATIENCE)
        before = _watch(pages, lambda: None)
        during = _watch(pages, lambda: scene(stack, server, room, pages))
        for page in pages:
            page.get_by_role("button", name="Leave").click()
    return before, during


def _join(stack: ExitStack, browser: Browser, link: str, name: str) -> Page:
    context = stack.enter_context(browser.new_context(bypass_csp=True, viewport=VIEWPORT))
    context.add_init_script(f"{LOW}\n{SCRIPT}({json.dumps({'people': PEOPLE, 'you': name})});")
    page = context.new_page()
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join now").click()
    page.get_by_role("toolbar", name="Call controls").wait_for()
    return page


def _all_there(pages: list[Page]) -> bool:
    """Everything has come at least every second of the last three."""
    _begin(pages)
    time.sleep(3)
    return all(max(pair[2:]) < 1000 for pair in _read(pages))


def _watch(pages: list[Page], scene: Callable[[], None]) -> list[Pair]:
    started = time.monotonic()
    _begin(pages)
    time.sleep(BEFORE)
    scene()
    time.sleep(max(AFTER, started + WINDOW - time.monotonic()))
    return _read(pages)


def _begin(pages: Iterable[Page]) -> None:
    for page in pages:
        page.evaluate("handOver.begin()")


def _read(pages: Iterable[Page]) -> list[Pair]:
    return [
        Pair(name, *found.values())
        for name, page in zip(PEOPLE, pages, strict=True)
        for found in page.evaluate("handOver.read()")
    ]


def _connections(page: Page) -> int:
    return int(page.evaluate("handOver.connections()"))


def _relayed(pages: list[Page]) -> None:
    eventually(lambda: all(_connections(page) == RELAYED for page in pages), "the direct paths stay", PATIENCE)


def grow(stack: ExitStack, server: Server, room: Room, pages: list[Page]) -> None:
    from tests.client import deaf

    for seat in room.seats:
        stack.enter_context(closing(deaf(server.url, room.socket_path, seat)))
    eventually(lambda: _connections(pages[0]) > DIRECT, "the relay is not used", PATIENCE)
    _relayed(pages)


def lose_one_path(_stack: ExitStack, _server: Server, _room: Room, pages: list[Page]) -> None:
    """Bert's page met Anna first."""
    pages[1].evaluate("handOver.breakPath(0)")
    eventually(lambda: _connections(pages[0]) > DIRECT, "the relay is not used", PATIENCE)
    _relayed(pages)


if __name__ == "__main__":
    sys.exit(main())
