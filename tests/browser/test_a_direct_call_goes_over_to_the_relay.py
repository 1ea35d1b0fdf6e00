"""Rooms that choose themselves how media travels."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from rooms.models import Engine
from tests.browser.people import each_other, gets_frames, until
from tests.client import deaf
from tests.conftest import guest_browser

OVER = 40  # seconds until nothing is left of the direct call
LONGEST_STANDSTILL = 2000  # milliseconds; a machine with three browsers on two cores stumbles by itself

# `early`: played before anything has come; `double`: two sounds at once, where only Gina has one.
WATCH = """(tile) => {
  const seen = (window.seen = { standstill: 0, early: 0, silent: 0, double: 0 });
  const shown = () => [...tile.querySelectorAll("video")].at(-1);
  const followed = new WeakSet();
  let last = performance.now();
  const follow = (video) => {
    const look = () => {
      const now = performance.now();
      if (video === shown()) [seen.standstill, last] = [Math.max(seen.standstill, now - last), now];
      video.requestVideoFrameCallback(look);
    };
    look();
    followed.add(video);
  };
  setInterval(() => {
    const video = shown();
    if (!followed.has(video)) follow(video);
    const playing = [...document.querySelectorAll("audio")]
      .filter((one) => one.srcObject && !one.paused && !one.muted && one.volume);
    if ([video, ...playing].some((one) => one.srcObject?.getTracks()[0]?.muted)) seen.early++;
    if (playing.length === 0) seen.silent++;
    if (playing.length > 1) seen.double++;
  }, 20);
}"""
CLOSE_ALL = "() => window.keptForTests.peers.forEach((peer) => peer.close())"


@pytest.fixture
def fill(cast, room) -> Iterator[None]:
    """Brings three more people, who send nothing and never listen."""
    with ExitStack() as sockets:

        def bring() -> None:
            for name in ("Dora", "Emil", "Fred"):
                browser = guest_browser(room, name)
                sockets.enter_context(closing(deaf(cast.server.url, f"/ws/rooms/{room.code}/", browser)))

        yield bring


def relayed(person):
    return person.open_connections == 2


def test_it_grows_and_nobody_misses_anything(cast, alice, room, fill):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    each_other(host, gina)
    assert host.open_connections == gina.open_connections == 1
    host.tile("Gina").evaluate(WATCH)

    fill()

    for person in (host, gina):
        until(lambda person=person: relayed(person), f"{person.name} is not on the relay alone", OVER)
    seen = host.page.evaluate("window.seen")
    each_other(host, gina)
    host.hears_somebody()
    assert seen["standstill"] < LONGEST_STANDSTILL
    assert (seen["early"], seen["silent"], seen["double"]) == (0, 0, 0)


def test_the_direct_path_carries_until_the_relay_plays(cast, alice, room, fill, network):
    closed = network()
    closed.shut(True)
    host, gina = cast.member(alice).join(room), closed.carries(cast.guest()).join(room)
    each_other(host, gina)
    host.tile("Gina").evaluate(WATCH)

    fill()
    gets_frames(host, "Gina", 150, within=OVER)
    gets_frames(gina, "Alice", 15, within=OVER)
    assert closed.up.lost
    assert closed.up.passed == closed.down.passed == 0
    closed.shut(False)

    for person in (host, gina):
        until(lambda person=person: relayed(person), f"{person.name} is not on the relay alone", OVER)
    seen = host.page.evaluate("window.seen")
    each_other(host, gina)
    assert seen["standstill"] < LONGEST_STANDSTILL
    assert (seen["early"], seen["silent"], seen["double"]) == (0, 0, 0)


def test_a_path_that_fails_leads_to_the_relay(cast, alice, room):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    each_other(host, gina)

    gina.page.evaluate(CLOSE_ALL)

    until(lambda: relayed(host) and relayed(gina), "the call is not on the relay", OVER)
    each_other(host, gina)
    host.hears_somebody()


def test_a_host_who_wants_it_direct_gets_it(cast, alice, room):
    room.settings.engine = Engine.RELAY
    room.settings.save()
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    each_other(host, gina)
    assert relayed(host)

    settings = host.in_another_tab().visit(f"/rooms/{room.code}/settings/")
    settings.page.get_by_label("Media").select_option("Direct")
    settings.press("Save")

    for person in (host, gina):
        until(lambda person=person: person.open_connections == 1, f"{person.name} is not on a direct path alone", OVER)
    each_other(host, gina)
    gina.hears_somebody()
