"""People at their browsers. They find things as people do: by role and accessible name."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from rooms.models import Room
from tests.services import eventually

PATIENCE = 15  # seconds
EACH_PAGE = """(() => {
  const keep = (window.keptForTests = { peers: [], tracks: [] });
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) { super(...given); keep.peers.push(this); }
  };
  for (const how of navigator.mediaDevices ? ["getUserMedia", "getDisplayMedia"] : []) {
    const native = navigator.mediaDevices[how].bind(navigator.mediaDevices);
    navigator.mediaDevices[how] = async (...given) => {
      const stream = await native(...given);
      keep.tracks.push(...stream.getTracks());
      return stream;
    };
  }
  if (location.protocol.startsWith("http")) localStorage["meet.devices"] ??= '{"quality": "low"}';
})();"""
FRAMES_OF = """async (video) => {
  const track = video.srcObject?.getVideoTracks()[0];
  for (const peer of window.keptForTests.peers) {
    const receiver = peer.connectionState !== "closed" && peer.getReceivers().find((one) => one.track === track);
    if (!receiver) continue;
    for (const one of (await receiver.getStats()).values()) if (one.type === "inbound-rtp") return one.framesDecoded;
  }
  return 0;
}"""
SOUND = """async () => {
  let energy = 0;
  for (const peer of window.keptForTests.peers) {
    if (peer.connectionState === "closed") continue;
    for (const one of (await peer.getStats()).values())
      if (one.type === "inbound-rtp" && one.kind === "audio") energy += one.totalAudioEnergy;
  }
  const silent = [...document.querySelectorAll("audio")].filter(
    (one) => one.srcObject && (one.paused || one.muted || !one.volume));
  return silent.length ? 0 : energy;
}"""
SENT = """(kind) => window.keptForTests.peers
  .filter((peer) => peer.connectionState !== "closed")
  .flatMap((peer) => peer.getSenders().map(({ track }) => track))
  .filter((track) => track?.kind === kind && track.enabled && track.readyState === "live").length"""
OPEN_PEERS = """() => window.keptForTests.peers.filter((peer) => peer.connectionState !== "closed").length"""
PLAYED = """() => [...document.querySelectorAll("audio")]
  .filter(({ srcObject, paused, muted, volume }) => srcObject && !paused && !muted && volume).length"""
NEVER_SILENT = """() => {
  const tracks = MediaStreamTrack.prototype;
  Object.defineProperty(tracks, "enabled", { get: () => true, set() {} });
  RTCRtpSender.prototype.replaceTrack = async () => {};
}"""
LIVE_TRACKS = """() => window.keptForTests.tracks
  .filter(({ readyState }) => readyState === "live").map(({ kind }) => kind).sort()"""

FOCUSED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body || !it.checkVisibility()) return "";
  return it.ariaLabel ?? it.labels?.[0]?.textContent.trim() ?? it.textContent.trim();
}"""


class Person:
    """Somebody with a browser of their own and one page in it, or several."""

    def __init__(self, context: BrowserContext, address: str, name: str, *, guest: bool) -> None:
        self.context, self.address, self.name, self.guest = context, address, name, guest
        self.troubles: list[str] = []
        context.on("console", self._listen)
        context.on("weberror", lambda thrown: self.troubles.append(f"thrown: {thrown.error}"))
        context.add_init_script(EACH_PAGE)
        self.page: Page = context.new_page()

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning", "assert"}:
            self.troubles.append(f"{said.type}: {said.text} ({said.location['url']})")

    def in_another_tab(self) -> "Person":
        """The same person, seen through a second tab."""
        tab = Person.__new__(Person)
        tab.__dict__.update(self.__dict__)
        tab.page = self.context.new_page()
        return tab

    # The way in

    def visit(self, where: str | Room) -> "Person":
        path = where.join_path if isinstance(where, Room) else where
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self

    def stand_in_lobby(self, where: str | Room) -> "Person":
        self.visit(where)
        expect(self.button("Join now")).to_be_visible()
        if self.guest:
            self.page.get_by_label("Your name").fill(self.name)
        return self

    def join(self, where: str | Room) -> "Person":
        self.stand_in_lobby(where)
        return self.enter()

    def enter(self) -> "Person":
        self.press("Join now")
        expect(self.controls).to_be_visible()
        return self

    # What is there

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()

    def choose(self, name: str) -> None:
        """In an open menu."""
        self.page.get_by_role("menuitem", name=name).click()

    def opens(self, menu: str, item: str) -> None:
        self.press(menu)
        self.choose(item)

    def opens_for(self, name: str, item: str) -> None:
        """In the menu that the panel of people has for each."""
        self.opens(f"More for {name}", item)

    def switch(self, name: str) -> Locator:
        return self.page.get_by_role("switch", name=name, exact=True)

    def sees_heading(self, name: str) -> None:
        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()

    def dialog(self, name: str) -> Locator:
        return self.page.get_by_role("dialog", name=name)

    def reads(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def is_told(self, text: str) -> None:
        expect(self.page.get_by_role("status").get_by_text(text)).to_be_visible()

    @property
    def controls(self) -> Locator:
        return self.page.get_by_role("toolbar", name="Call controls")

    @property
    def tiles(self) -> Locator:
        return self.page.get_by_role("region", name="Call", exact=True).get_by_role("group")

    def tile(self, name: str) -> Locator:
        """Somebody's tile, whatever else is said of them."""
        return self.page.get_by_role("group", name=re.compile(rf"^{re.escape(name)}(,|$)"))

    def panel(self, name: str) -> Locator:
        return self.page.get_by_role("complementary", name=name)

    def is_with(self, *names: str) -> None:
        """Exactly these have a tile, and this person."""
        expect(self.tiles).to_have_count(len(names) + 1)
        for name in (self.name, *names):
            expect(self.tile(name)).to_have_count(1)

    def types(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tabs_to(self, name: str) -> None:
        """With Tab alone; whatever is passed on the way shows that it has the focus."""
        for _ in range(40):
            self.types("Tab")
            assert self.focused and self.focus_is_seen
            if self.focused == name:
                return
        raise AssertionError(f"Tab never comes to {name}")

    @property
    def focused(self) -> str:
        """The accessible name of what has the focus; "" where nothing has."""
        return str(self.page.evaluate(FOCUSED))

    @property
    def focus_is_seen(self) -> bool:
        return self.page.locator(":focus-visible").count() > 0

    # Media

    def frames_of(self, name: str) -> int:
        """Frames decoded so far of what the tile shows."""
        return int(self.tile(name).locator("video").last.evaluate(FRAMES_OF))

    def sees(self, *names: str) -> None:
        """Pictures of these people keep coming in."""
        for name in names:
            self._grows(lambda name=name: self.frames_of(name), by=3, what=f"frames of {name}")

    def hears_somebody(self) -> None:
        self._grows(lambda: float(self.page.evaluate(SOUND)), by=1e-6, what="sound")

    def _grows(self, measure: Callable[[], Any], *, by: float, what: str) -> None:
        """A new connection counts from nothing again."""
        seen = [measure()]

        def grown() -> bool:
            seen.append(measure())
            return bool(seen[-1] >= min(seen) + by)

        until(grown, f"{self.name} gets no more {what} than {seen[0]}")

    def sends(self, kind: str) -> bool:
        """Whether any open connection carries a live track of this kind."""
        return bool(self.page.evaluate(SENT, kind))

    @property
    def sounds_played(self) -> int:
        """How many microphones and shared sounds come out of the loudspeaker."""
        return int(self.page.evaluate(PLAYED))

    def sends_sound_whatever_the_page_does(self) -> None:
        self.page.evaluate(NEVER_SILENT)

    @property
    def live_tracks(self) -> list[str]:
        """Of all that were ever captured by this document; a camera's light is on while one is live."""
        return list(self.page.evaluate(LIVE_TRACKS))

    @property
    def open_connections(self) -> int:
        return int(self.page.evaluate(OPEN_PEERS))

    def let_everything_go(self) -> None:
        """Nothing is captured any more and nobody is connected."""
        until(lambda: not self.live_tracks, f"still live: {self.live_tracks}")
        assert self.open_connections == 0


def until(condition: Callable[[], object], otherwise: str, within: float = PATIENCE) -> None:
    eventually(condition, otherwise, within)


def each_other(*people: Person) -> None:
    """Everybody sees everybody else."""
    for one in people:
        one.sees(*(other.name for other in people if other is not one))


def gets_frames(person: Person, name: str, count: int, within: float) -> None:
    seen = person.frames_of(name)
    until(lambda: person.frames_of(name) >= seen + count, f"{person.name} does not see {name} any more", within)
