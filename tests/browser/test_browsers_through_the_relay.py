"""Two real browsers and one worker of the relay, without anything of Meet between them."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ALLOWED, DEVICES, Launch
from tests.relay.process import Process, Web
from tests.services import eventually

PAGE = (Path(__file__).parent.parent / "relay" / "page.html").read_bytes()
PATIENCE = 60


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


class Someone:
    def __init__(self, name: str, page: Page, web: Web) -> None:
        self.name, self.page, self.web = name, page, web
        self.seat = {"meeting": "m", "participant": name}
        web.ask("join", **self.seat, sources=["microphone", "camera"], receive=True)

    def publish(self, code: str, argument: str | None = None) -> None:
        offer = self.page.evaluate(code, argument)
        answer = self.web.ask("publish", **self.seat, **offer)["sdp"]
        self.page.evaluate("sdp => answered(sdp)", answer)

    def take_offers(self, other: str) -> None:
        while True:
            offer = self.web.event("offer", participant=self.name)
            answer = self.page.evaluate("sdp => offered(sdp)", offer["sdp"])
            self.web.ask("accept", **self.seat, version=offer["version"], **answer)
            if len([one for one in offer["tracks"] if one["participant"] == other]) == 2:
                return

    def watch(self, other: str, height: int) -> None:
        self.web.ask("want", **self.seat, heights={f"{other}/camera": height})

    def received(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("received()")
        return found

    def video(self) -> dict[str, Any]:
        return self.received().get("video", {})

    def waits(self, condition: Callable[[], object], what: str) -> None:
        eventually(condition, f"{self.name}: {what}; {self.received()}", within=PATIENCE)

    def sees_more(self) -> None:
        before = self.video().get("framesDecoded", 0)
        self.waits(lambda: self.video().get("framesDecoded", 0) > before + 10, "no more pictures")


@pytest.fixture
def two(launch: Launch, address: str, tmp_path: Path) -> Iterator[Callable[..., tuple[Someone, Someone]]]:
    worker = Process(tmp_path)
    web = worker.connect()
    contexts, troubles = [], []

    def bring(codec: str | None = None) -> tuple[Someone, Someone]:
        both = []
        for name in ("alice", "bob"):
            contexts.append(launch(ALLOWED, DEVICES).new_context())
            page = contexts[-1].new_page()
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.goto(address)
            both.append(Someone(name, page, web))
            both[-1].publish("codec => offer(codec)", codec)
        alice, bob = both
        alice.take_offers("bob")
        bob.take_offers("alice")
        return alice, bob

    yield bring
    for context in contexts:
        context.close()
    web.close()
    assert worker.stop() == 0
    assert troubles == []


def test_two_browsers_see_and_hear_each_other(two: Callable[..., tuple[Someone, Someone]]):
    alice, bob = two()
    alice.watch("bob", 180)
    bob.watch("alice", 180)
    for one in (alice, bob):
        one.sees_more()
        one.waits(lambda one=one: one.video()["frameHeight"] == 180, "not the smallest layer")  # type: ignore[misc]
        one.waits(lambda one=one: one.received()["audio"]["packetsReceived"] > 50, "no sound")  # type: ignore[misc]
        assert one.received()["video"]["packetsLost"] == one.received()["audio"]["packetsLost"] == 0
    assert bob.web.event("layers", participant="alice", rids=["q"])


def test_a_picture_grows_and_pauses_as_it_is_wished(two: Callable[..., tuple[Someone, Someone]]):
    alice, bob = two()
    bob.watch("alice", 180)
    bob.waits(lambda: bob.video().get("frameHeight") == 180, "not the smallest layer")
    bob.watch("alice", 360)
    bob.waits(lambda: bob.video()["frameHeight"] == 360, "not the middle layer")
    bob.watch("alice", 180)
    bob.waits(lambda: bob.video()["frameHeight"] == 180, "not the smallest layer again")
    bob.watch("alice", 0)
    bob.web.event("layers", participant="alice", rids=[])
    still = bob.video()["framesDecoded"]
    bob.watch("alice", 180)
    bob.waits(lambda: bob.video()["framesDecoded"] > still + 10, "not on after the pause")
    assert bob.video()["packetsLost"] == 0


def test_both_links_survive_new_paths(two: Callable[..., tuple[Someone, Someone]]):
    alice, bob = two()
    bob.watch("alice", 180)
    bob.sees_more()
    alice.publish("restarted()")
    bob.sees_more()
    bob.web.ask("restart", **bob.seat)
    bob.take_offers("alice")
    bob.sees_more()
    assert bob.received()["state"] == alice.received()["up"] == "connected"
    assert bob.web.ask("stats")["figures"]["handshakes"] == 4


@pytest.mark.parametrize("codec", ["video/H264", "video/VP9", "video/AV1"])
def test_other_codecs_go_through(two: Callable[..., tuple[Someone, Someone]], codec: str):
    alice, bob = two(codec)
    bob.watch("alice", 180)
    bob.sees_more()
