"""A worker over its socket, as the people of the relay's tests speak with it."""

from typing import Any

from tests.relay.peers import Person
from tests.relay.process import Web


class Remote:
    """What a person's `web` is in the tests, over the socket."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self.events = web.events

    def ask(self, kind: str, **fields: Any) -> Any:
        answer = self._web.ask(kind, **fields)
        return type("Done", (), {"sdp": answer.get("sdp"), "figures": answer.get("figures")})

    def told(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        self._web.ask("ping")
        wanted = {"type": kind, **fields}
        return [event for event in self.events if wanted.items() <= event.items()]


async def take_newest(person: Person) -> dict[str, Any] | None:
    """The newest offer, if there is one; the first time the downlink connects too. Older events are forgotten."""
    offer = person.newest_offer()
    person.web.events.clear()
    if offer is not None:
        person.accept(offer)
        if person.down.dtls is None:
            await person.down.connect(offer["sdp"])
    return offer
