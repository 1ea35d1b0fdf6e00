"""Sender and receiver reports (RFC 3550, 6.4) of a relay: it passes on the sources' clocks, and counts on its own.

Times are seconds of one steady clock.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, TypeVar

from relay.rewriting import Rewriter
from relay.rtcp import Block, SenderReport
from relay.rtp import Normalised
from relay.sequence import MOST_LOST, difference32

L = TypeVar("L")

_UNITS: Final = 65536
MOST_REPORTS: Final = 8
LATELY: Final = 0.4
"""Seconds a report may wait for its answer to tell of the present."""


def middle(ntp: int) -> int:
    """The 32 bits of an NTP time by which report blocks name it."""
    return ntp >> 16 & 0xFFFFFFFF


class Reception:
    """What came of one upstream source, told it in report blocks."""

    __slots__ = (
        "_arrived",
        "_clock",
        "_first",
        "_highest",
        "_jitter",
        "_last",
        "_received",
        "_report",
        "_told",
        "ssrc",
    )

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self._clock = clock_rate
        self._first = self._highest = self._received = 0
        self._last: tuple[int, float] | None = None
        self._jitter = 0.0
        self._report: tuple[int, float] | None = None
        self._told = (0, 0)

    def arrived(self, packets: Iterable[Normalised], now: float) -> None:
        """Packets of the source itself; not what came by RTX, which is a repair, not a reception."""
        last = self._last
        for packet in packets:
            if last is None or packet.index > self._highest + MOST_LOST:
                self._first = self._highest = packet.index
                self._received, self._jitter, self._told = 1, 0.0, (0, 0)
            else:
                self._received += 1
                if packet.index > self._highest:
                    self._highest = packet.index
                transit = (now - last[1]) * self._clock - difference32(packet.timestamp, last[0])
                self._jitter += (abs(transit) - self._jitter) / 16
            last = packet.timestamp, now
        self._last = last

    def reported(self, report: SenderReport, now: float) -> None:
        self._report = middle(report.ntp), now

    def block(self, now: float) -> Block | None:
        """What to tell the source now (once per report: the fraction is since the last); None: nothing came yet."""
        if self._last is None:
            return None
        expected = self._highest - self._first + 1
        awaited, came = expected - self._told[0], self._received - self._told[1]
        self._told = expected, self._received
        missed = max(awaited - came, 0)
        fraction = min(missed * 256 // awaited, 255) if awaited > 0 else 0
        lost = max(-0x800000, min(expected - self._received, 0x7FFFFF))
        last_report, since = self._report or (0, now)
        delay = min(round((now - since) * _UNITS), 0xFFFFFFFF)
        return Block(
            self.ssrc, fraction, lost, self._highest & 0xFFFFFFFF, int(self._jitter) & 0xFFFFFFFF, last_report, delay
        )


def passed_on(report: SenderReport, layer: L, rewriter: Rewriter[L]) -> SenderReport | None:
    """A layer's report for one subscription: the source's wall clock, our RTP time and counts; so lips fit sounds.

    None: the layer is not what is forwarded now. Sent as soon as it came, and the last one again after a switch.
    """
    offset = rewriter.timestamp_offset(layer)
    if offset is None:
        return None
    timestamp = (report.timestamp + offset) & 0xFFFFFFFF
    packets, octets = rewriter.packets & 0xFFFFFFFF, rewriter.octets & 0xFFFFFFFF
    return SenderReport(rewriter.ssrc, report.ntp, timestamp, packets, octets)


def continued(report: SenderReport, seconds: float, clock_rate: int) -> SenderReport:
    """What the source would report so much later."""
    ntp, timestamp = report.ntp + round(seconds * 2**32), report.timestamp + round(seconds * clock_rate)
    return replace(report, ntp=ntp & 0xFFFFFFFFFFFFFFFF, timestamp=timestamp & 0xFFFFFFFF)


class RoundTrip:
    """The way to one receiver and back, from its answers to our sender reports."""

    __slots__ = ("_sent", "seconds")

    def __init__(self) -> None:
        self._sent: dict[int, float] = {}
        self.seconds = 0.1
        """The newest measure; a guess before the first."""

    def sent(self, report: SenderReport, now: float) -> None:
        self._sent[middle(report.ntp)] = now
        if len(self._sent) > MOST_REPORTS:
            del self._sent[next(iter(self._sent))]

    def answered(self, block: Block, now: float) -> float | None:
        """A report block of the receiver: the measure, if it is of a report sent lately.

        Blocks that answer none of ours say nothing.
        """
        sent = self._sent.get(block.last_report)
        if sent is None:
            return None
        self.seconds = max(now - sent - block.delay / _UNITS, 0.0)
        return self.seconds if block.delay < LATELY * _UNITS else None
