"""Who is in a meeting, what each may send and get, and how what is sent reaches those who watch it."""

from typing import Protocol

from relay import messages, sdp
from relay.downlink import Downlink
from relay.link import Link, Port
from relay.messages import KINDS, Event
from relay.publication import Publication
from relay.refusals import Refused
from relay.speakers import Speakers
from relay.uplink import Uplink

SEATS = 1000


class Channel(Protocol):
    """Where events go."""

    def send(self, event: Event) -> None: ...


class Seat:
    """One participant: at most one link up, one link down."""

    def __init__(self, meeting: "Meeting", participant: str) -> None:
        self.meeting = meeting
        self.participant = participant
        self.sources: frozenset[str] = frozenset()
        self.seq = 0
        self.receive = False
        self.channel: Channel | None = None
        self.uplink: Uplink | None = None
        self.downlink: Downlink | None = None
        self.publications: dict[str, Publication] = {}
        self.heights: dict[str, int] = {}
        self._version = 0  # of the last offer, whichever downlink made it

    # What is asked of it

    def grant(self, command: messages.Granting) -> None:
        if command.seq < self.seq:
            return
        self.seq = command.seq
        self.sources = sources = frozenset(command.sources)
        for publication in self.publications.values():
            publication.grant(publication.source in sources)
        if "microphone" not in sources:
            self.meeting.silenced(self)
        if command.receive != self.receive:
            self.receive = command.receive
            if self.receive:
                self.open_downlink()
            else:
                self.close_downlink()

    def publish(self, text: str, by_mid: dict[str, str]) -> str:
        offer = sdp.parse(text)
        for section in offer.sections:
            source = by_mid.get(section.mid)
            if source and KINDS[source] != section.kind and not section.rejected:  # type: ignore[index]
                raise Refused("sdp.malformed", "The description sends something else than was said.")
        if len(set(by_mid.values())) != len(by_mid):
            raise Refused("sdp.malformed", "Each source is sent once.")
        uplink = self.uplink
        if uplink is None or not uplink.is_same_peer(offer):
            if uplink is not None:
                uplink.close()
            uplink = self.uplink = Uplink(self.meeting.port, self, offer)
        answer = uplink.negotiate(offer, by_mid)
        self.meeting.published(self)
        return answer

    def accept(self, version: int, fingerprint: str, ufrag: str) -> None:
        if self.downlink is None:
            raise Refused("version.stale", "Nothing was offered.")
        self.downlink.accept(version, sdp.checked_fingerprint(fingerprint), sdp.checked_ufrag(ufrag))

    def want(self, heights: dict[str, int]) -> None:
        self.heights = heights
        if self.downlink:
            for publication in self.downlink.want(self.wishes):
                self.meeting.watched_changed(publication)

    def restart(self) -> None:
        if not self.receive:
            raise Refused("receive.forbidden", "This participant may not receive.")
        if self.downlink is None or self.downlink.state == "closed":
            self.open_downlink()
        else:
            self.downlink.restart()

    def open_downlink(self) -> None:
        self.downlink = Downlink(self.meeting.port, self, self._version)
        for publication in self.meeting.publications():
            if publication.participant != self.participant:
                self.downlink.follow(publication)
                self.meeting.watched_changed(publication)

    def close_downlink(self) -> None:
        downlink, self.downlink = self.downlink, None
        if downlink:
            watched = [one.publication for one in downlink.subscriptions()]
            downlink.close()
            for publication in watched:
                self.meeting.watched_changed(publication)

    def close(self) -> None:
        self.channel = None
        self.close_downlink()
        if self.uplink:
            self.uplink.close()
        self.keep_only(set())

    # What its links say

    def publication(self, source: str, kind: str) -> Publication:
        known = self.publications.get(source)
        if known is not None:
            return known
        publication = Publication(self.participant, source, kind, self.meeting.heard)
        publication.granted = source in self.sources
        self.publications[source] = publication
        return publication

    def keep_only(self, sources: set[str]) -> None:
        for source in set(self.publications) - sources:
            self.publications.pop(source).end()
            if source == "microphone":
                self.meeting.silenced(self)

    def wishes(self, publication: Publication) -> int:
        return self.heights.get(publication.name, 0)

    def offered(self, version: int, sdp: str, tracks: list[tuple[str, Publication]]) -> None:
        self._version = version
        named = [messages.Track(mid, one.participant, one.source) for mid, one in tracks]
        self.tell(messages.Offer(self.meeting.name, self.participant, version, sdp, named))

    def link_changed(self, link: Link, state: str) -> None:
        if link not in (self.uplink, self.downlink):
            return
        if state == "lost" and link is self.uplink:
            self.uplink = None
            self.keep_only(set())
        elif state == "lost":
            self.close_downlink()
        self.tell(messages.Link(self.meeting.name, self.participant, link.kind, state))

    def tell(self, event: Event) -> None:
        if self.channel:
            self.channel.send(event)


class Meeting:
    def __init__(self, name: str, port: Port) -> None:
        self.name = name
        self.port = port
        self.seats: dict[str, Seat] = {}
        self.speakers: Speakers[str] = Speakers()

    def join(self, command: messages.Join, channel: Channel) -> None:
        participant = command.participant
        seat = self.seats.get(participant)
        if seat is None:
            if len(self.seats) >= SEATS:
                raise Refused("meeting.full", "Nobody else fits in.")
            seat = self.seats[participant] = Seat(self, participant)
        seat.channel = channel
        seat.grant(command)
        if seat.downlink:
            seat.downlink.offer_again()
        for publication in seat.publications.values():
            publication.watched = None
            self.watched_changed(publication)
        if self.speakers.speaker is not None:
            channel.send(messages.Speaker(self.name, self.speakers.speaker))

    def seat(self, participant: str) -> Seat:
        seat = self.seats.get(participant)
        if seat is None:
            raise Refused("seat.unknown", "This participant has not joined.")
        return seat

    def leave(self, participant: str) -> None:
        seat = self.seats.pop(participant, None)
        if seat:
            seat.close()

    def close(self) -> None:
        for participant in list(self.seats):
            self.leave(participant)

    def publications(self) -> list[Publication]:
        return [one for seat in self.seats.values() for one in seat.publications.values()]

    def published(self, publisher: Seat) -> None:
        """Everybody else is offered what they do not have yet."""
        for publication in publisher.publications.values():
            for seat in self.seats.values():
                if seat is not publisher and seat.downlink:
                    seat.downlink.follow(publication)
            self.watched_changed(publication)

    def watched_changed(self, publication: Publication) -> None:
        """Tells the publisher what of a video is watched, when that is news."""
        seat = self.seats.get(publication.participant)
        rids = publication.watched_rids()
        if publication.kind == "video" and seat and rids != publication.watched:
            publication.watched = rids
            seat.tell(messages.Layers(self.name, publication.participant, publication.source, rids))

    # Voices

    def heard(self, publication: Publication, level: int) -> bool:
        if publication.source != "microphone":
            return True
        return self.speakers.hear(publication.participant, level, self.port.now())

    def silenced(self, seat: Seat) -> None:
        if self.speakers.left(seat.participant):
            self._tell_speaker()

    def elect(self, now: float) -> None:
        if self.speakers.elect(now):
            self._tell_speaker()

    def _tell_speaker(self) -> None:
        channels = {id(seat.channel): seat.channel for seat in self.seats.values() if seat.channel}
        for channel in channels.values():
            channel.send(messages.Speaker(self.name, self.speakers.speaker))

    def links(self) -> list[Link]:
        both = ((seat.uplink, seat.downlink) for seat in self.seats.values())
        return [link for pair in both for link in pair if link]
