"""What one person gets: one offer of ours at a time, the choice of layers, and what the receiver tells back."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Protocol

from relay import describe, rtcp
from relay.bandwidth import LOSSY, Allocator, Ceiling, Meter
from relay.cache import Budget
from relay.codecs import Codec
from relay.describe import Outgoing
from relay.link import Link, Port
from relay.malformed import Malformed
from relay.probing import Prober
from relay.publication import Publication
from relay.refusals import Refused
from relay.reports import RoundTrip
from relay.srtp import Keys
from relay.subscription import Subscription

SOONEST, LATEST = 0.001, 0.02  # seconds between two packets of a probe
PROBES = 16  # at once: they are work for the worker
ASK = 0.2  # seconds between two reports during a probe
MOST_OWED = 6000  # bytes sent at once where a timer came late


class Watcher(Protocol):
    """The seat a downlink belongs to."""

    def link_changed(self, link: Link, state: str) -> None: ...
    def offered(self, version: int, sdp: str, tracks: list[tuple[str, Publication]]) -> None: ...
    def wishes(self, publication: Publication) -> int: ...


class Slot:
    """One m-line; without a subscription it waits to be used again."""

    def __init__(self, mid: str, kind: str) -> None:
        self.mid = mid
        self.kind = kind
        self.codec: Codec | None = None
        self.subscription: Subscription | None = None
        self.since = 0  # the offer that told of it


class Downlink(Link):
    kind = "downlink"

    def __init__(self, port: Port, watcher: Watcher, version: int) -> None:
        super().__init__(port, watcher.link_changed)
        now = port.now()
        self.meter, self.audio = Meter(), Meter()
        self.budget = Budget(now)
        self.round_trips = RoundTrip()
        self.estimate: int | None = None
        self._ceiling = Ceiling()
        self.version = version
        self._watcher = watcher
        self._random = Random()  # noqa: S311 - numbers that begin somewhere, no secrets
        self._slots: list[Slot] = []
        self._ssrc = self._random.randrange(2, 2**32, 2)
        self._by_ssrc: dict[int, Subscription] = {}
        self._allocator: Allocator[Subscription] = Allocator()
        self._prober = Prober()
        self._filling: asyncio.Handle | None = None
        self._owed = 0.0  # bytes of a probe that are due
        self._asked = 0.0
        self._outstanding: int | None = None
        self._changed_since = False
        self._soon: dict[str, asyncio.Handle] = {}

    # What is offered

    def follow(self, publication: Publication) -> None:
        known = next((slot for slot in self._slots if slot.subscription in publication.receivers), None)
        if known is None or known.codec != publication.codec:
            if known and known.subscription:
                known.subscription.close()
                self.drop(known.subscription)
            self._add(publication)

    def _add(self, publication: Publication) -> None:
        slot = next((one for one in self._slots if one.subscription is None and one.kind == publication.kind), None)
        if slot is None:
            slot = Slot(str(len(self._slots)), publication.kind)
            self._slots.append(slot)
        ssrc = self._new_ssrc()
        slot.codec = publication.codec
        slot.since = self.version + 1
        slot.subscription = subscription = Subscription(publication, self, ssrc, self._random)
        self._by_ssrc[ssrc] = self._by_ssrc[ssrc + 1] = subscription
        subscription.wish(self._watcher.wishes(publication))
        self.offer_soon()

    def drop(self, subscription: Subscription) -> None:
        for slot in self._slots:
            if slot.subscription is subscription:
                slot.subscription = None
                slot.since = self.version + 1
        for ssrc in [ssrc for ssrc, one in self._by_ssrc.items() if one is subscription]:
            del self._by_ssrc[ssrc]
            if self.keys:
                self.keys.forget(ssrc)
        self.offer_soon()

    def subscriptions(self) -> list[Subscription]:
        return [slot.subscription for slot in self._slots if slot.subscription]

    def _new_ssrc(self) -> int:
        """An even one, and never one from before, whose numbers were encrypted with the same keys; the odd one after it
        is for what is sent again.
        """
        self._ssrc = (self._ssrc + 2) & 0xFFFFFFFE or 2
        return self._ssrc

    def offer_soon(self) -> None:
        """Changes until then go into the same offer; one offer waits for its answer before the next."""
        self._changed_since = True
        self._once_soon("offer", self._offer)

    def offer_again(self) -> None:
        """To a page that may have missed it."""
        if self._outstanding is not None:
            self._tell()

    def restart(self) -> None:
        self.agent.restart()
        self._outstanding = None
        self.offer_soon()

    def _offer(self) -> None:
        if self._outstanding is not None or not self._changed_since or not self._slots or self.state == "closed":
            return
        self._changed_since = False
        self.version += 1
        self._outstanding = self.version
        self._tell()

    def _tell(self) -> None:
        sdp = describe.offer(2, self.version, self.transport("actpass"), [_outgoing(slot) for slot in self._slots])
        tracks = [(slot.mid, slot.subscription.publication) for slot in self._slots if slot.subscription]
        self._watcher.offered(self.version, sdp, tracks)

    def accept(self, version: int, fingerprint: tuple[str, str], ufrag: str) -> None:
        if version != self._outstanding:
            raise Refused("version.stale", "This is not the answer to the latest offer.")
        self._outstanding = None
        self.expect(fingerprint, ufrag)
        for slot in self._slots:
            if slot.subscription and slot.since <= version and not slot.subscription.agreed:
                slot.subscription.agreed = True
                slot.subscription.revise()
        self._offer()

    # What is chosen

    def want(self, height_of: Callable[[Publication], int]) -> list[Publication]:
        """Whose watchers thereby change."""
        wished = [one for one in self.subscriptions() if one.wish(height_of(one.publication))]
        if wished:
            self.choose()
        return [one.publication for one in wished]

    def choose_soon(self) -> None:
        self._once_soon("choose", self.choose)

    def choose(self) -> None:
        if self.state != "connected":
            return
        now = self.port.now()
        subscriptions = [one for one in self.subscriptions() if one.is_video]
        watched = [one for one in (each.watched(now) for each in subscriptions) if one]
        allocator, prober = self._allocator, self._prober
        loss = 0.0 if prober.disturbs(now) else max((one.loss(now) for one in self.subscriptions()), default=0.0)
        if loss >= LOSSY and self.estimate is not None:
            self._ceiling.lower(self.meter.rate(now) * (1 - loss), now)
            self.estimate = self._ceiling.under(self.estimate, now)
        given = allocator.choose(watched, self.estimate, prober.proven, self.audio.rate(now), loss, now)
        for subscription in subscriptions:
            subscription.give(given.get(subscription))
        prober.aim(allocator.needed, allocator.given, loss, now)
        if prober.probing and self._filling is None:
            if len(self.port.probing) >= PROBES:
                prober.stop()
                return
            self.port.probing.add(self)
            self._owed = 0.0
            self._fill(now)

    def _fill(self, since: float) -> None:
        self._filling, now = None, self.port.now()
        delay = self._filled(since, now)
        if delay is None:
            self._prober.stop()
            self.port.probing.discard(self)
        else:
            self._filling = asyncio.get_running_loop().call_later(delay, self._fill, now)

    def _filled(self, since: float, now: float) -> float | None:
        """Sends what is due, evenly in time: by that browsers tell a probe. Seconds to the next; None: it is over."""
        rate, wire = self._prober.rate(now), self.wire
        if not self._prober.probing or self.state != "connected" or wire is None or wire.is_blocked:
            return None
        if now - self._asked >= ASK:  # how long an answer takes
            self._asked = now
            any(one.report(now) for one in self.subscriptions() if one.is_video)
        missing = rate - self.meter.rate(now)
        if missing <= 0:
            return LATEST
        self._owed = min(self._owed + missing * (now - since) / 8, MOST_OWED)
        watched = [one for one in self.subscriptions() if one.is_video and one.rewriter.layer]
        while self._owed >= 0:
            if not (length := next(filter(None, (one.fill(now) for one in watched)), 0)):
                return None
            self._prober.sent()
            self.port.counts["probed"] += 1
            self._owed -= length
        return min(max(-self._owed * 8 / missing, SOONEST), LATEST)

    def _once_soon(self, name: str, action: Callable[[], None]) -> None:
        def act() -> None:
            del self._soon[name]
            action()

        if name not in self._soon:
            self._soon[name] = asyncio.get_running_loop().call_soon(act)

    def close(self) -> None:
        if self.state == "closed":
            return
        super().close()
        self.port.probing.discard(self)
        for handle in (*self._soon.values(), self._filling):
            if handle:
                handle.cancel()
        for subscription in self.subscriptions():
            subscription.close()

    def _ready(self, keys: Keys) -> None:
        super()._ready(keys)
        self.choose_soon()
        for subscription in self.subscriptions():
            subscription.asked_for_keyframe()  # a decoder that begins anew has seen none

    # What comes and goes

    def sent(self, length: int, now: float, *, urgent: bool) -> None:
        self.meter.add(length, now)
        if urgent:
            self.audio.add(length, now)

    def report_sent(self, report: rtcp.SenderReport) -> None:
        self.round_trips.sent(report, self.port.now())
        self.send_rtcp(report.pack())

    def on_rtcp(self, packet: bytes) -> None:
        try:
            messages = rtcp.parse(packet)
        except Malformed:
            self.port.counts["malformed"] += 1
            return
        now = self.port.now()
        for message in messages:
            self._told(message, now)

    def _told(self, message: rtcp.Message, now: float) -> None:
        if isinstance(message, rtcp.Nack) and (one := self._by_ssrc.get(message.media)):
            self.port.counts["nacks_down"] += len(message.lost)
            one.resend(message.lost, now)
        elif isinstance(message, rtcp.Pli) and (one := self._by_ssrc.get(message.media)):
            one.asked_for_keyframe()
        elif isinstance(message, rtcp.Fir):
            for ssrc, _number in message.requests[:16]:
                if one := self._by_ssrc.get(ssrc):
                    one.asked_for_keyframe()
        elif isinstance(message, rtcp.Remb):
            before, self.estimate = self.estimate, self._ceiling.under(message.bitrate, now)
            fallen = before is None or self.estimate < before
            if self._prober.told(self.estimate, now) or fallen:
                self.choose_soon()
        elif isinstance(message, rtcp.ReceiverReport | rtcp.SenderReport):
            for block in message.blocks:
                took = self.round_trips.answered(block, now)
                if took is not None and self._prober.answered(took, now):
                    self.choose_soon()
                if one := self._by_ssrc.get(block.ssrc):
                    one.answered(block, now)
                    if one.is_video and self._prober.lost(block.fraction / 256, now):
                        self.choose_soon()


def _outgoing(slot: Slot) -> Outgoing:
    if slot.subscription is None:
        return Outgoing(slot.mid, slot.kind, codec=slot.codec)
    publication, ssrc = slot.subscription.publication, slot.subscription.rewriter.ssrc
    repair = ssrc + 1 if slot.kind == "video" else 0
    return Outgoing(slot.mid, slot.kind, publication.source, publication.participant, publication.codec, ssrc, repair)
