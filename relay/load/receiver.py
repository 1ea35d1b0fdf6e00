"""Somebody who watches: the kernel counts what comes, a sample of it tells how long it was on its way."""

import time
from dataclasses import dataclass
from typing import Final

from relay import rtcp
from relay.load.description import Remote
from relay.load.peer import Peer
from relay.load.publisher import STAMP
from relay.load.sampling import dropped, sample_only

ESTIMATE: Final = 200_000_000
"""Bits a second: room for everything, so that nobody chooses layers."""
NACK_EVERY: Final = 5.0
MOST_BLOCKS: Final = 31
OURSELVES: Final = 1


@dataclass(slots=True)
class Stream:
    highest: int = 0
    last_report: int = 0
    reported: float = 0.0


class Receiver(Peer):
    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__(host)
        self.latencies: list[float] = []
        """Seconds from the making of a packet to its arrival at the socket, of the sample."""
        self._sampled = 0
        self._streams: dict[int, Stream] = {}
        self._nacked = 0.0

    async def connect(self, remote: Remote) -> None:
        sample_only(self.sock)
        await super().connect(remote)

    def delivered(self) -> int:
        """RTP packets so far, those sent again included."""
        return dropped(self.sock) + self._sampled

    def on_rtp(self, packet: bytes, arrived: int) -> None:
        self._sampled += 1
        if packet[1] & 0x7F not in self.remote.payload_types:
            return  # sent again
        self.latencies.append((arrived - STAMP.unpack(packet[-STAMP.size :])[0]) / 1e9)
        sequence, ssrc = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[8:12], "big")
        stream = self._streams.setdefault(ssrc, Stream(sequence))
        stream.highest += (sequence - stream.highest + 0x8000 & 0xFFFF) - 0x8000
        now = time.monotonic()
        if now - self._nacked > NACK_EVERY:
            self._nacked = now
            self.send_rtcp(rtcp.Nack(OURSELVES, ssrc, (sequence,)).pack())

    def on_rtcp(self, message: rtcp.Message) -> None:
        if isinstance(message, rtcp.SenderReport) and (stream := self._streams.get(message.ssrc)):
            stream.last_report, stream.reported = message.ntp >> 16 & 0xFFFFFFFF, time.monotonic()

    def report(self) -> None:
        """Once a second."""
        now = time.monotonic()
        blocks = tuple(
            rtcp.Block(ssrc, 0, 0, one.highest & 0xFFFFFFFF, 0, one.last_report, _since(one, now))
            for ssrc, one in list(self._streams.items())[:MOST_BLOCKS]
        )
        remb = rtcp.Remb(OURSELVES, ESTIMATE, tuple(self._streams))
        self.send_rtcp(rtcp.ReceiverReport(OURSELVES, blocks).pack() + remb.pack())


def _since(stream: Stream, now: float) -> int:
    return round((now - stream.reported) * 65536) & 0xFFFFFFFF if stream.last_report else 0
