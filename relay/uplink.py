"""What one person sends: which packet belongs to which layer of which source, and what its sender is told."""

from dataclasses import dataclass
from typing import Protocol, cast

from relay import describe, native, rtcp, rtp
from relay.codecs import Codec, is_keyframe
from relay.extensions import Ids
from relay.link import Link, Port
from relay.malformed import Malformed
from relay.native import SEEN_THROUGH, Reading, Train
from relay.publication import Layer, Publication
from relay.rtp import Normalised
from relay.sdp import Offer, Section
from relay.twcc import Arrivals
from relay.udp import Wire

OURSELVES = 1  # our synchronisation source in RTCP
MOST_BLOCKS = 31  # in one report
STREAMS = 48  # sources of packets known at once


class Publisher(Protocol):
    """The seat an uplink belongs to."""

    def link_changed(self, link: Link, state: str) -> None: ...
    def publication(self, source: str, kind: str) -> Publication: ...
    def keep_only(self, sources: set[str]) -> None: ...


@dataclass
class Track:
    """One m-line that carries a source."""

    publication: Publication
    section: Section
    ids: Ids


@dataclass
class Stream:
    """One synchronisation source."""

    track: Track
    layer: Layer
    repairs: bool
    reading: Reading | None = None  # like the last packet that Python read


class Uplink(Link):
    kind = "uplink"
    rate = 1_250_000.0

    def __init__(self, port: Port, publisher: Publisher, offer: Offer) -> None:
        super().__init__(port, publisher.link_changed)
        self._publisher = publisher
        self._peer = offer.session, offer.fingerprint
        self._version = 0
        self._tracks: dict[str, Track] = {}
        self._streams: dict[int, Stream] = {}
        self._arrivals = Arrivals(port.now())
        self._transport_cc = 0

    # Negotiation

    def is_same_peer(self, offer: Offer) -> bool:
        return self.state != "closed" and self._peer == (offer.session, offer.fingerprint)

    def negotiate(self, offer: Offer, sources: dict[str, str]) -> str:
        """The answer. `sources` by mid."""
        if self.agent.remote_ufrag not in (None, offer.ufrag):
            self.agent.restart()
        self.expect(offer.fingerprint, offer.ufrag)
        self._tracks = {
            section.mid: self._track(section, sources[section.mid])
            for section in offer.sections
            if section.mid in sources and section.sending and not section.rejected
        }
        self._publisher.keep_only({track.publication.source for track in self._tracks.values()})
        self._streams = {ssrc: one for ssrc, one in self._streams.items() if self._still(one)}
        self._transport_cc = next((track.ids.transport_cc for track in self._tracks.values()), 0)
        for track in self._tracks.values():
            self._bind_named(track)
        self._version += 1
        return describe.answer(1, self._version, self.transport("passive"), offer.sections, sources)

    def _track(self, section: Section, source: str) -> Track:
        publication = self._publisher.publication(source, section.kind)
        publication.describe(cast(Codec, section.codec), section.rids)
        publication.sender = self
        ids = Ids(section.extensions)
        types = {codec.payload_type: cast(Codec, codec.name) for codec in section.codecs if codec.name != "rtx"}
        for layer in publication.layers:
            layer.ids, layer.payload_types = ids, types
        return Track(publication, section, ids)

    def _still(self, stream: Stream) -> bool:
        track = self._tracks.get(stream.track.section.mid)
        if track is None or stream.layer not in track.publication.layers:
            return False
        stream.track = track
        return True

    def _bind_named(self, track: Track) -> None:
        """A browser without simulcast names its sources in the offer."""
        if track.section.rids:
            return
        for ssrc in track.section.sources[:1]:
            self._bind(ssrc, track, track.publication.layers[0], repairs=False)
            for repair, main in track.section.repairs.items():
                if main == ssrc:
                    self._bind(repair, track, track.publication.layers[0], repairs=True)

    def _bind(self, ssrc: int, track: Track, layer: Layer, *, repairs: bool) -> Stream | None:
        known = self._streams.get(ssrc)
        if known is not None or len(self._streams) >= STREAMS:
            return known
        if not repairs and layer.ssrc != ssrc:
            self._streams = {one: stream for one, stream in self._streams.items() if stream.layer is not layer}
            layer = layer.publication.renew(layer, ssrc)
        stream = self._streams[ssrc] = Stream(track, layer, repairs)
        return stream

    # Packets

    def on_rtp(self, packet: bytes, now: float) -> None:
        try:
            parsed = rtp.parse(packet)
            stream = self._streams.get(parsed.ssrc) or self._find(parsed)
            number = parsed.extensions.get(self._transport_cc)
            if number and len(number) == 2:
                self._arrivals.arrived([number[0] << 8 | number[1]], now)
            if stream is None:
                self.port.counts["unknown_sources"] += 1
            else:
                self._take(stream, parsed, now)
        except Malformed:
            self.port.counts["malformed"] += 1

    def _take(self, stream: Stream, packet: rtp.Packet, now: float) -> None:
        layer = stream.layer
        original: rtp.Packet | None = packet
        if stream.repairs:
            original = rtp.unwrap_rtx(packet, layer.ssrc, next(iter(layer.payload_types), 0))
        elif native.library:
            self._learn(stream, packet.payload_type)
        if original is not None and original.payload:
            self._note(layer, is_fresh=layer.publication.take(layer, original, now, repair=stream.repairs))

    def _note(self, layer: Layer, *, is_fresh: bool) -> None:
        if is_fresh:
            self.port.fresh.append(layer)
        if layer.gaps.missing:
            self.port.restless.add(self)

    def _learn(self, stream: Stream, payload_type: int) -> None:
        """How C may read the next ones."""
        keys, ids, codec = self.keys, stream.layer.ids, stream.layer.payload_types.get(payload_type)
        if keys and codec and not (stream.reading and stream.reading.fits(keys, ids, payload_type)):
            stream.reading = Reading(keys, ids, self._transport_cc, payload_type, codec)

    def media(self, wire: Wire, train: Train) -> bool:
        stream = self._streams.get(train.source)
        reading = stream and stream.reading
        if not stream or not reading or not reading.fits(self.keys, stream.layer.ids):
            return False
        if not self._allowance.takes(train.size, wire.now, train.count):
            return False
        usual: list[tuple[int, Normalised]] = []
        for number, made in train.open(reading, wire.now):
            if isinstance(made, Normalised):
                usual.append((number, made))
                continue
            self._pass_on(stream.layer, reading.codec, usual, wire.now)
            usual.clear()
            if made:
                self.on_rtp(made, wire.now)
            else:
                self.port.counts["not_genuine"] += 1
        self._pass_on(stream.layer, reading.codec, usual, wire.now)
        return True

    def _pass_on(self, layer: Layer, codec: Codec, usual: list[tuple[int, Normalised]], now: float) -> None:
        """They have the numbers they came with for their indexes."""
        self._arrivals.arrived([number for number, _ in usual if number >= 0], now)
        placed, place = list[Normalised](), layer.sequencer.place
        for _, made in usual:
            try:
                made.index = place(made.index)
                if codec not in SEEN_THROUGH:
                    made.keyframe = is_keyframe(codec, made.payload)
                placed.append(made)
            except Malformed:
                self.port.counts["malformed"] += 1
        if placed:
            self._note(layer, is_fresh=layer.publication.pass_on(layer, placed, now))

    def _find(self, packet: rtp.Packet) -> Stream | None:
        """By what the packet says of itself, until its source is known."""
        track = self._track_of(packet)
        if track is None:
            return None
        layers = {layer.rid: layer for layer in track.publication.layers}
        rid = packet.extensions.get(track.ids.rid, b"")
        repaired = packet.extensions.get(track.ids.repaired_rid, b"")
        layer = layers.get((repaired or rid).decode("latin-1"))
        if layer is None or packet.payload_type not in track.section.payload_types:
            return None
        return self._bind(packet.ssrc, track, layer, repairs=packet.payload_type not in layer.payload_types)

    def _track_of(self, packet: rtp.Packet) -> Track | None:
        if not self._tracks:
            return None
        ids = next(iter(self._tracks.values())).ids
        mid = packet.extensions.get(ids.mid, b"").decode("latin-1")
        if mid:
            return self._tracks.get(mid)
        fitting = [track for track in self._tracks.values() if packet.payload_type in track.section.payload_types]
        return fitting[0] if len(fitting) == 1 else None

    # Reports

    def on_rtcp(self, packet: bytes) -> None:
        try:
            messages = rtcp.parse(packet)
        except Malformed:
            self.port.counts["malformed"] += 1
            return
        for message in messages:
            stream = self._streams.get(message.ssrc) if isinstance(message, rtcp.SenderReport) else None
            if stream and not stream.repairs and isinstance(message, rtcp.SenderReport):
                stream.layer.publication.reported(stream.layer, message, self.port.now())

    def ask_for_keyframe(self, layer: Layer) -> None:
        if layer.ssrc and layer.asking.due(self.port.now()):
            self.port.counts["keyframes_asked"] += 1
            self.send_rtcp(rtcp.Pli(OURSELVES, layer.ssrc).pack())

    def ask_for_missing(self, now: float) -> bool:
        """Whether there is still something to wait for."""
        missing = 0
        for layer in self._layers():
            if lost := layer.gaps.due(now, self.round_trip):
                self.port.counts["nacks_up"] += len(lost)
                self.send_rtcp(rtcp.Nack(OURSELVES, layer.ssrc, tuple(index & 0xFFFF for index in lost)).pack())
            if layer.gaps.gave_up() and layer.publication.kind == "video":
                layer.publication.ask_for_keyframe(layer)
            missing += layer.gaps.missing
        return missing > 0 and self.state == "connected"

    def tell_arrivals(self, now: float) -> None:
        """Every 100 ms: what came when, and once more for a key frame that did not come."""
        media = next(iter(self._streams), 0)
        if feedback := self._arrivals.due(OURSELVES, media, now):
            self.send_rtcp(feedback.pack())
        for layer in self._layers():
            if layer.receivers and layer.publication.kind == "video":
                self.ask_for_keyframe(layer)

    def report(self, now: float) -> None:
        """Every second: what came of each source."""
        blocks = tuple(filter(None, (layer.reception.block(now) for layer in self._layers() if layer.ssrc)))
        for at in range(0, len(blocks), MOST_BLOCKS):
            self.send_rtcp(rtcp.ReceiverReport(OURSELVES, blocks[at : at + MOST_BLOCKS]).pack())

    def _layers(self) -> list[Layer]:
        return [layer for track in self._tracks.values() for layer in track.publication.layers]
