"""The newest packets of one layer, for whoever lost some; and how many resends one receiver may cause."""

from collections.abc import Iterable
from typing import Final

from relay.rtp import Normalised

MOST_PACKETS: Final = 512
MOST_BYTES: Final = 1 << 20
OLDEST: Final = 1.0


class Cache:
    """A ring by index, bounded in packets, bytes and age (seconds). It also tells repeated packets from new ones."""

    __slots__ = ("_mask", "_most_bytes", "_oldest", "_ring", "bytes", "newest")

    def __init__(self, most_packets: int = MOST_PACKETS, most_bytes: int = MOST_BYTES) -> None:
        """`most_packets`: a power of two."""
        self._mask, self._most_bytes = most_packets - 1, most_bytes
        self._ring: list[Normalised | None] = [None] * most_packets
        self.newest = -1
        self._oldest = 0
        self.bytes = 0

    def put(self, packets: Iterable[Normalised]) -> list[Normalised]:
        """Those that were new. What was here before, or is older than all that is here, goes nowhere."""
        mask, fresh = self._mask, list[Normalised]()
        for packet in packets:
            index = packet.index
            if index - self.newest > mask:
                self.clear(index)
            slot = index & mask
            held = self._ring[slot]
            if held is not None:
                if held.index >= index:
                    continue
                self.bytes -= held.size
            elif index < self._oldest or index < self.newest - mask:
                continue
            self._ring[slot] = packet
            self.bytes += packet.size
            if index > self.newest:
                self.newest = index
            fresh.append(packet)
        if fresh:
            self._trim(fresh[-1].arrived)
        return fresh

    def get(self, index: int, now: float) -> Normalised | None:
        held = self._ring[index & self._mask]
        if held is None or held.index != index or now - held.arrived > OLDEST:
            return None
        return held

    def clear(self, oldest: int = 0) -> None:
        """Nothing is held any more; what is older than index `oldest` will not be taken again."""
        self._ring = [None] * (self._mask + 1)
        self._oldest, self.newest, self.bytes = oldest, oldest - 1, 0

    def _trim(self, now: float) -> None:
        ring, mask, at = self._ring, self._mask, self._oldest
        if self.newest - at > mask:
            at = self.newest - mask
        while at < self.newest:
            held = ring[at & mask]
            if held is not None:
                if self.bytes <= self._most_bytes and now - held.arrived <= OLDEST:
                    break
                ring[at & mask] = None
                self.bytes -= held.size
            at += 1
        self._oldest = at


class Budget:
    """What one receiver may have sent again: a share of its bitrate, so that NACKs do not amplify."""

    __slots__ = ("_at", "_bits")

    SHARE: Final = 0.1
    FLOOR: Final = 50_000
    """Bits per second granted even to who receives little."""

    def __init__(self, now: float) -> None:
        self._at, self._bits = now, float(self.FLOOR)

    def spend(self, size: int, bitrate: float, now: float) -> bool:
        """Whether `size` bytes may go out again; `bitrate` is what the receiver lately gets, in bits per second.

        At most a second's worth is saved up.
        """
        rate = max(self.SHARE * bitrate, self.FLOOR)
        self._bits = min(self._bits + rate * (now - self._at), rate)
        self._at = now
        if self._bits < size * 8:
            return False
        self._bits -= size * 8
        return True
