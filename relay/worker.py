"""One worker: its sockets, its meetings, and the clock that drives what happens between packets."""

import asyncio
import logging
from collections import Counter

from relay import messages, native, udp
from relay.downlink import Downlink
from relay.dtls import Handshakes
from relay.ice import Door
from relay.link import Port
from relay.meeting import Channel, Meeting, Seat
from relay.messages import AnyCommand, Done
from relay.refusals import Refused
from relay.uplink import Uplink

TICK = 0.1  # seconds
SELDOM = 10  # ticks
AGAIN = 0.02  # seconds between two looks at what is missing
MEETINGS = 2000
ORPHANED = 60.0  # seconds a seat outlives the web process it was joined by
log = logging.getLogger("relay")


class Worker:
    def __init__(self, addresses: list[str], port: int) -> None:
        loop = asyncio.get_running_loop()
        self.door = Door(loop.time)
        self.wires = [udp.Wire(udp.bound(address, port), self.door, self._deliver) for address in addresses]
        announced = tuple((address, wire.address[1]) for address, wire in zip(addresses, self.wires, strict=True))
        self.port = Port(self.door, Handshakes(), announced, loop.time)
        self.meetings: dict[str, Meeting] = {}
        self._orphans: dict[Seat, float] = {}
        self._ticks = 0
        self._missing: asyncio.TimerHandle | None = None
        self._ticking = loop.create_task(self._run())
        log.info("Media on %s.", ", ".join(f"{address} port {number}" for address, number in announced))
        log.info("Packets are handled by %s.", "native.c" if native.library else "Python alone")

    # Commands

    def perform(self, command: AnyCommand, channel: Channel) -> Done:
        done = Done(id=command.id or 0)
        match command:
            case messages.Join():
                self._join(command, channel)
            case messages.Publish():
                done.sdp = self._seat(command).publish(command.sdp, dict(command.mids))
            case messages.Accept():
                self._seat(command).accept(command.version, command.fingerprint, command.ufrag)
            case messages.Want():
                self._seat(command).want(command.heights)
            case messages.Restart():
                self._seat(command).restart()
            case messages.Grant():
                self._seat(command).grant(command)
            case messages.Leave() | messages.Close():
                self._end(command)
            case messages.Stats():
                done.figures = self.figures()
        return done

    def _join(self, command: messages.Join, channel: Channel) -> None:
        meeting = self.meetings.get(command.meeting)
        if meeting is None:
            if len(self.meetings) >= MEETINGS:
                raise Refused("worker.full", "No other meeting fits in.")
            meeting = self.meetings[command.meeting] = Meeting(command.meeting, self.port)
        meeting.join(command, channel)
        self._orphans.pop(meeting.seats[command.participant], None)

    def _seat(self, command: messages.OfSeat) -> Seat:
        meeting = self.meetings.get(command.meeting)
        if meeting is None:
            raise Refused("seat.unknown", "This participant has not joined.")
        return meeting.seat(command.participant)

    def _end(self, command: messages.Leave | messages.Close) -> None:
        meeting = self.meetings.get(command.meeting)
        if meeting is None:
            return
        if isinstance(command, messages.Leave):
            meeting.leave(command.participant)
        else:
            meeting.close()
        if not meeting.seats:
            del self.meetings[command.meeting]

    def hung_up(self, channel: Channel) -> None:
        """The web process is gone; who is not joined again before long has no way back."""
        until = self.port.now() + ORPHANED
        for seat in self._seats():
            if seat.channel is channel:
                seat.channel = None
                self._orphans[seat] = until

    def _deliver(self) -> None:
        fresh, self.port.fresh = self.port.fresh, []
        for layer in fresh:
            layer.deliver()
        self._look_again()

    # Time

    def _look_again(self) -> None:
        if self.port.restless and self._missing is None:
            self._missing = asyncio.get_running_loop().call_later(AGAIN, self._ask_for_missing)

    def _ask_for_missing(self) -> None:
        self._missing, now = None, self.port.now()
        self.port.restless = {one for one in self.port.restless if one.ask_for_missing(now)}
        self._look_again()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self.tick()

    def tick(self) -> None:
        now = self.port.now()
        self._ticks += 1
        for meeting in self.meetings.values():
            meeting.elect(now)
            for link in meeting.links():
                if isinstance(link, Uplink):
                    link.tell_arrivals(now)
        if self._ticks % SELDOM == 0:
            self._every_second(now)

    def _every_second(self, now: float) -> None:
        for meeting in self.meetings.values():
            for link in meeting.links():
                link.check_consent(now)
                if isinstance(link, Uplink):
                    link.report(now)
                elif isinstance(link, Downlink):
                    link.choose()
        for seat, until in list(self._orphans.items()):
            if now >= until:
                del self._orphans[seat]
                if seat.meeting.seats.get(seat.participant) is seat:  # not somebody who came back since
                    self._end(messages.Leave(meeting=seat.meeting.name, participant=seat.participant))

    # Figures

    def figures(self) -> dict[str, float]:
        now = self.port.now()
        links = [link for meeting in self.meetings.values() for link in meeting.links()]
        downlinks = [link for link in links if isinstance(link, Downlink) and link.state == "connected"]
        publications = [one for meeting in self.meetings.values() for one in meeting.publications()]
        handshakes = self.port.handshakes
        return {
            "native": native.library is not None,
            "meetings": len(self.meetings),
            "participants": len(self._seats()),
            "uplinks": sum(isinstance(link, Uplink) and link.state == "connected" for link in links),
            "downlinks": len(downlinks),
            "publications": len(publications),
            "subscriptions": sum(len(one.receivers) for one in publications),
            "handshakes": handshakes.done,
            "handshakes_failed": handshakes.failed,
            "handshakes_running": handshakes.running,
            "round_trip_seconds": _mean([link.round_trips.seconds for link in downlinks]),
            "loss_share": _mean([one.loss(now) for link in downlinks for one in link.subscriptions()]),
            **self._counts(),
        }

    def _counts(self) -> Counter[str]:
        counts = Counter(dict.fromkeys(("packets_in", "bytes_in", "packets_out", "bytes_out", "dropped_video"), 0))
        for one in (self.port.counts, self.door.counts, *(wire.counts for wire in self.wires)):
            counts.update(one)
        return counts

    def _seats(self) -> list[Seat]:
        return [seat for meeting in self.meetings.values() for seat in meeting.seats.values()]

    async def close(self) -> None:
        """Everybody is told goodbye before the sockets go."""
        self._ticking.cancel()
        if self._missing:
            self._missing.cancel()
        for meeting in self.meetings.values():
            meeting.close()
        self.meetings.clear()
        await asyncio.sleep(0)
        for wire in self.wires:
            wire.close()
        log.info("Closed.")


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
