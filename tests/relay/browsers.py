"""A model of a browser behind a link: its estimate as libwebrtc makes it, and what the relay then chooses for it."""

from collections import deque

from relay.bandwidth import LOSSY, Allocator, Ceiling, Layer, Watched
from relay.probing import Prober

STEP = 0.01
CAMERA = (Layer("q", 180, 150_000), Layer("h", 360, 500_000), Layer("f", 720, 1_700_000))
AUDIO = 40_000
PACKET = 9_600  # bits
KEYFRAME = 0.3  # seconds until a switch shows
ROUND_TRIP = 0.06
QUEUE = 0.3  # seconds the link holds


class Browser:
    """Somebody who watches one camera in a large tile. Rates in bits per second, times in seconds.

    `stuck`: the estimate never grows, as real ones do not for a while.
    """

    def __init__(self, capacity: float, *, estimate: int | None = None, stuck: bool = False, tile: int = 720) -> None:
        self.capacity, self.estimate, self.stuck, self.tile = capacity, estimate, stuck, tile
        self.now = 0.0
        self.allocator, self.prober, self.ceiling = Allocator[str](), Prober(), Ceiling()
        if estimate is not None:
            self.prober.told(estimate, self.now)
        self.shown: list[str | None] = []
        self.delay = self.worst = 0.0
        self.probes = 0
        self.loss = 0.0
        self.probed = self.lost = 0.0
        self._burst = 0.0
        self._switches: deque[tuple[float, str | None]] = deque()
        self._layer: str | None = None
        self._queue = self._missing = self._sent = self._reported = 0.0
        self._arrived: deque[float] = deque(maxlen=round(1 / STEP))
        self._near_limit = 0.0
        self._told = self._chosen = -1.0

    def watch(self, seconds: float) -> list[str | None]:
        """What is shown in each STEP of them."""
        steps = round(seconds / STEP)
        for _ in range(steps):
            self._step()
        return self.shown[-steps:]

    def seconds_until(self, rid: str, within: float = 60.0) -> float:
        shown = self.watch(within)
        return shown.index(rid) * STEP

    def _step(self) -> None:
        self.now += STEP
        if self.now - self._chosen >= 1.0:
            self._choose()
        while self._switches and self._switches[0][0] <= self.now:
            self._layer = self._switches.popleft()[1]
        self.shown.append(self._layer)
        media = AUDIO + sum(layer.bitrate for layer in CAMERA if layer.rid == self._layer)
        was_probing = self.prober.probing
        rate = max(media, self.prober.rate(self.now))
        self._burst += (rate - media) * STEP / PACKET
        while self._burst >= 1:
            self._burst -= 1
            self.prober.sent()
        self.probed += (rate - media) * STEP
        overusing = self._carry(rate * STEP)
        even = PACKET / self.capacity - PACKET / rate < 0.002
        if rate > media and self.now < 2.0 and even and self.now - self._told >= 0.2:
            self.estimate = max(self.estimate or 0, int(min(rate, self.capacity)))  # it sees the packets evenly in time
        before = self.estimate or 0
        if self.now - self._told >= (0.05 if overusing else 0.2) and (told := self._estimated(overusing)):
            self._told = self.now
            if self.prober.told(self.ceiling.under(told, self.now), self.now) or told < before:
                self._choose()
        self.probes += was_probing and not self.prober.probing

    def _carry(self, bits: float) -> bool:
        """Whether a queue grows, which browsers see as soon as it takes some time."""
        before, self._queue = self._queue, self._queue + bits
        arrived = min(self._queue, self.capacity * STEP)
        self._queue -= arrived
        over = max(0.0, self._queue - self.capacity * QUEUE)
        self._queue -= over
        self._arrived.append(arrived)
        self.lost += over
        self._missing += over
        self._sent += bits
        if self.now - self._reported >= 0.25:
            share = self._missing / self._sent
            self.loss += (share - self.loss) / 4
            if self.prober.lost(share, self.now) or self.prober.answered(ROUND_TRIP + self.delay, self.now):
                self._choose()
            self._missing, self._sent, self._reported = 0.0, 0.0, self.now
        self.delay = self._queue / self.capacity
        self.worst = max(self.worst, self.delay)
        return before < self._queue and self.delay > 0.03

    def _estimated(self, overusing: bool) -> int | None:
        throughput = sum(self._arrived) / (len(self._arrived) * STEP)
        if self.estimate is None:
            if self.now < 5.0 and not overusing:
                return None
            self.estimate = int(0.85 * throughput if overusing else throughput)
        elif overusing:
            self.estimate = min(self.estimate, int(0.85 * throughput))
            self._near_limit = throughput
        elif not self.stuck and not 0 < self.delay < QUEUE * 0.99:  # a queue that can't grow looks like none
            if throughput > 1.1 * self._near_limit:
                self._near_limit = 0.0
            grown = self.estimate + (5_000 if self._near_limit else self.estimate * 0.0155)
            self.estimate = max(self.estimate, int(min(grown, 1.5 * throughput + 10_000)))
        return self.estimate

    def _choose(self) -> None:
        self._chosen = self.now
        watched = [Watched("alice", False, self.tile, CAMERA)]
        loss = 0.0 if self.prober.disturbs(self.now) else self.loss
        if loss >= LOSSY and self.estimate:
            media = AUDIO + sum(layer.bitrate for layer in CAMERA if layer.rid == self._layer)
            self.ceiling.lower(media * (1 - loss), self.now)
        rid = self.allocator.choose(watched, self._believed(), self.prober.proven, AUDIO, loss, self.now)["alice"]
        if rid != (self._switches[-1][1] if self._switches else self._layer):
            self._switches.append((self.now + KEYFRAME, rid))
        self.prober.aim(self.allocator.needed, self.allocator.given, loss, self.now)

    def _believed(self) -> int | None:
        return None if self.estimate is None else self.ceiling.under(self.estimate, self.now)
