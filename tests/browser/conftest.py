"""Real browsers against the real server. Two of them in a test, three at most: two cores decode no more."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from accounts.models import User
from rooms.models import Engine, Room
from tests.browser.networks import Network
from tests.browser.people import Person
from tests.conftest import browser_of
from tests.server import Server
from tests.services import found

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop running in this thread
expect.set_options(timeout=15_000)

ALLOWED = "--use-fake-ui-for-media-stream"
DEVICES = "--use-fake-device-for-media-stream=device-count=3,fps=15"  # WebRTC sends nothing of the second, in grey
ANSWERED_WITH_A_REFUSAL = r"Failed to load resource: the server responded with a status of 4\d\d"
SERVER_IS_AWAY = (  # killed, maybe in the middle of an answer
    r"WebSocket connection to .* failed",
    r"ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING)",
)
WINDOWS = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


Launch = Callable[..., Browser]


@pytest.fixture(scope="session")
def launch(playwright: Playwright) -> Iterator[Launch]:
    """Starts a browser with these arguments, or hands out the one that has them."""
    launched: dict[tuple[str, ...], Browser] = {}
    program = os.environ.get("CHROMIUM") or found("chromium")

    def start(*arguments: str) -> Browser:
        if arguments not in launched:
            launched[arguments] = playwright.chromium.launch(executable_path=program, args=list(arguments))
        return launched[arguments]

    yield start
    for browser in launched.values():
        browser.close()


class Cast:
    """Brings people with their browsers, and listens to what the browsers complain about."""

    def __init__(self, launch: Launch, server: Server, window: dict[str, int] | None = None) -> None:
        self.server = server
        self._how = {"viewport": window} if window else {}
        self._launch = launch
        self._people: list[Person] = []
        self._expected: list[str] = []

    def guest(self, name: str = "Gina", **how: Any) -> Person:
        return self._bring(name, guest=True, **how)

    def member(self, user: User, **how: Any) -> Person:
        """Signed in already."""
        person = self._bring(user.display_name, guest=False, **how)
        session = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        person.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.server.url}])
        return person

    def expects_complaints(self, *patterns: str) -> None:
        """What browsers may say in this test."""
        self._expected += patterns

    def _bring(self, name: str, *, guest: bool, flags: tuple[str, ...] = (ALLOWED, DEVICES), **how: Any) -> Person:
        context = self._launch(*flags).new_context(**self._how | how)
        person = Person(context, self.server.url, name, guest=guest)
        self._people.append(person)
        return person

    def go_home(self) -> None:
        for person in self._people:
            person.context.close()
        complaints = [f"{person.name}: {one}" for person in self._people for one in person.troubles]
        assert not [one for one in complaints if not any(re.search(pattern, one) for pattern in self._expected)]


@pytest.fixture
def cast(transactional_db: None, launch: Launch, server: Server) -> Iterator[Cast]:
    brought = Cast(launch, server)
    yield brought
    brought.go_home()


@pytest.fixture(params=WINDOWS)
def cast_in_windows(
    request: pytest.FixtureRequest, transactional_db: None, launch: Launch, server: Server
) -> Iterator[Cast]:
    """Everybody on a phone, and then at a desk."""
    brought = Cast(launch, server, WINDOWS[request.param])
    yield brought
    brought.go_home()


@pytest.fixture
def network() -> Iterator[Callable[..., Network]]:
    made: list[Network] = []

    def make(**how: Any) -> Network:
        made.append(Network(**how))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def relayed(room: Room) -> Room:
    """Whose calls go through the relay from the first on."""
    room.settings.engine = Engine.RELAY
    room.settings.save()
    return room
