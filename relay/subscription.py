"""One receiver's copy of one source: numbers of its own, the layer it is given, and what it lost sent again."""

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

from relay import bandwidth, rtp
from relay.codecs import CLOCK_RATES
from relay.following import Following
from relay.native import Burst, Copies
from relay.publication import Layer, Publication
from relay.reports import continued, passed_on
from relay.rewriting import Resend, Retransmitter
from relay.rtcp import Block, SenderReport
from relay.rtp import Normalised

if TYPE_CHECKING:
    from relay.downlink import Downlink

SMALLEST = 400  # bytes of a packet to fill with: of smaller ones it would take too many
LATELY = 8.0  # seconds; browsers report sound every five
SMOOTH = 4  # reports: each tells of a few packets only


class Subscription(Following):
    def __init__(self, publication: Publication, downlink: "Downlink", ssrc: int, random: Random) -> None:
        super().__init__(publication, ssrc, random)
        self.retransmitter: Retransmitter[Layer] = Retransmitter(self.rewriter, ssrc + 1, random)
        self._copies = Copies(ssrc)
        self.agreed = False  # the receiver knows of it
        self._loss = self._answered = 0.0
        self._height = 0
        self._downlink = downlink
        self._reports: dict[Layer, tuple[SenderReport, float]] = {}
        self.clock = CLOCK_RATES[publication.codec]
        publication.receivers[self] = None

    # What is wanted

    def wish(self, height: int) -> bool:
        """Whether this is another wish than before."""
        changed, self._height = height != self._height, height
        return changed

    def wished_height(self) -> int:
        return self._height

    def watched(self, now: float) -> bandwidth.Watched["Subscription"] | None:
        """For the choice between all that is watched."""
        if not (self.is_video and self.agreed and self._height > 0 and self.publication.granted):
            return None
        layers = [bandwidth.Layer(one.rid, one.height, one.bitrate(now)) for one in self.publication.offered(now)]
        if not layers:
            return None
        return bandwidth.Watched(self, self.publication.source == "screen", self._height, layers)

    def revise(self) -> None:
        if self.is_video:
            self._downlink.choose_soon()
        else:
            layers = self.publication.layers
            heard = self.agreed and self.publication.audible and self.publication.granted
            self.aim(layers[0] if heard and layers else None)

    def give(self, rid: str | None) -> None:
        self.aim(next((layer for layer in self.publication.layers if layer.rid == rid), None))

    def ended(self) -> None:
        self._register([])
        self._downlink.drop(self)

    def close(self) -> None:
        self._register([])
        self.publication.receivers.pop(self, None)

    # Packets

    def take(self, layer: Layer, packets: Sequence[Normalised]) -> None:
        link, rewriter, urgent = self._downlink, self.rewriter, not self.is_video
        wire, target, keys = link.wire, link.target, link.keys
        if wire is None or target is None or keys is None:
            return
        if isinstance(packets, Burst) and not wire.is_blocked and (segment := rewriter.place_all(layer, packets)):
            packets.go(wire, self._copies.made(segment, target, keys), urgent=urgent)
            link.sent(packets.size + len(packets) * keys.tag, packets[-1].arrived, urgent=urgent)
            return
        switches, sent = rewriter.switches, 0
        for packet in packets:
            segment = rewriter.place(layer, packet)
            if segment is None:
                continue
            length = packet.size + keys.tag
            if (run := wire.place(target, length, urgent=urgent)) is None:
                continue
            at = run.end
            rewriter.write(packet, segment, wire.view, at)
            if keys.protect(wire.memory + at, packet.size):
                run.grow(length)
                sent += length
        if sent:
            link.sent(sent, packets[-1].arrived, urgent=urgent)
        if switches != rewriter.switches:
            self.switched(layer)

    def switched(self, layer: Layer) -> None:
        super().switched(layer)
        self._downlink.choose_soon()  # now there is something to probe with
        self.report(self._downlink.port.now())

    def reported(self, layer: Layer, report: SenderReport) -> None:
        now = self._downlink.port.now()
        self._reports = {one: kept for one, kept in self._reports.items() if one in self.publication.layers}
        self._reports[layer] = report, now
        if layer is self.rewriter.layer:
            self.report(now)

    def report(self, now: float) -> bool:
        """The source's last report, as it would be now; whether there is one."""
        layer = self.rewriter.layer
        if layer is None or layer not in self._reports:
            return False
        report, at = self._reports[layer]
        if mine := passed_on(continued(report, now - at, self.clock), layer, self.rewriter):
            self._downlink.report_sent(mine)
        return mine is not None

    def asked_for_keyframe(self) -> None:
        if self.is_video and (layer := self.rewriter.target or self.rewriter.layer):
            self.publication.ask_for_keyframe(layer)

    def answered(self, block: Block, now: float) -> None:
        if block.ssrc == self.rewriter.ssrc:
            self._loss += (block.fraction / 256 - self.loss(now)) / SMOOTH
            self._answered = now

    def loss(self, now: float) -> float:
        """The share of packets that lately did not arrive; 0 when nothing was said of it for long."""
        if now - self._answered > LATELY:
            self._loss = 0.0
        return self._loss

    def resend(self, lost: tuple[int, ...], now: float) -> None:
        link = self._downlink
        if not self.is_video:
            return
        rate = float(link.meter.rate(now))
        resends = self.retransmitter.answer(
            lost, lambda layer, index: layer.cache.get(index, now), link.budget, rate, now, link.round_trips.seconds
        )
        for resend in resends:
            if not self._send_again(resend, now):
                return
            link.port.counts["resent"] += 1

    def fill(self, now: float) -> int:
        """Sends something the receiver has already; how many bytes, 0: there is nothing, or no way out."""
        resend = self.retransmitter.largest(lambda layer, index: layer.cache.get(index, now))
        return self._send_again(resend, now) if resend and resend.packet.size >= SMALLEST else 0

    def _send_again(self, resend: Resend[Layer], now: float) -> int:
        wire, target, keys = self._downlink.wire, self._downlink.target, self._downlink.keys
        if wire is None or target is None or keys is None:
            return 0
        size = resend.packet.size + 2
        if (run := wire.place(target, size + keys.tag, urgent=False)) is None:
            return 0
        self.retransmitter.write(resend, wire.view, run.end, rtp.send_time(now))
        if not keys.protect(wire.memory + run.end, size):
            return 0
        run.grow(size + keys.tag)
        return size + keys.tag
