"""Networks as they are outside: between one browser and the relay, losing, late, and with addresses that change."""

import heapq
import itertools
import math
import selectors
import socket
import threading
import time
from collections.abc import Callable
from random import Random

from tests.browser.people import Person

LARGEST = 2048
LONGEST_QUEUE = 0.3  # seconds

THROUGH_IT = """(() => {
  const native = RTCPeerConnection.prototype.setRemoteDescription;
  const candidate = /a=candidate:(\\S+ 1 udp \\d+) (\\S+) (\\d+) typ host\\r\\n/g;
  RTCPeerConnection.prototype.setRemoteDescription = async function ({ type, sdp }) {
    const there = [...sdp.matchAll(candidate)].find(([, , address]) => address === "127.0.0.1");
    if (!there) return native.call(this, { type, sdp }); // of another browser
    const port = await window.badNetwork(Number(there[3]));
    const rewritten = sdp.replace(candidate, (line, start, address) =>
      address === "127.0.0.1" ? `a=candidate:${start} ${address} ${port} typ host\\r\\n` : "");
    return native.call(this, { type, sdp: rewritten });
  };
})();"""

Address = tuple[str, int]


class Way:
    """One direction of it; the same is lost for the same seed, and everything while it is shut.

    `rate` is in bits per second. What would wait longer than LONGEST_QUEUE for its turn is lost.
    """

    def __init__(self, seed: int, loss: float, delay: float, rate: float = math.inf) -> None:
        self.lost = self.passed = 0
        self.rate = rate
        self.shut = False
        self._random = Random(seed)
        self._loss, self._delay = loss, delay
        self._busy_until = 0.0

    def arrival(self, size: int, now: float) -> float | None:
        """When a datagram of `size` bytes arrives; None: it is lost."""
        turn = max(now, self._busy_until)
        if self.shut or self._random.random() < self._loss or turn - now > LONGEST_QUEUE:
            self.lost += 1
            return None
        self.passed += 1
        self._busy_until = turn + size * 8 / self.rate
        return self._busy_until + self._delay


class Network:
    """Relays datagrams between browsers and one port of 127.0.0.1, by one socket for each address of a browser."""

    def __init__(self, *, loss: float = 0.0, delay: float = 0.0, down: float = math.inf) -> None:
        """`delay` in seconds, each way; `down` is the rate of that way."""
        self.up, self.down = Way(1, loss, delay), Way(2, loss, delay, down)
        self._there: Address = ("127.0.0.1", 0)
        self._door = _bound()
        self._sockets: dict[Address, socket.socket] = {}
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._lock = threading.Lock()
        self._open = True
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ, self._from_browser)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def carries(self, person: Person) -> Person:
        """All media of this person from now on."""
        person.context.expose_function("badNetwork", self._towards)
        person.context.add_init_script(THROUGH_IT)
        return person

    def change_addresses(self) -> None:
        """As a router does that begins anew: what is sent to the old ones is lost."""
        with self._lock:
            for here, old in list(self._sockets.items()):
                self._selector.unregister(old)
                self._sockets[here] = self._socket_for(here)
                old.close()

    def shut(self, shut: bool) -> None:
        self.up.shut = self.down.shut = shut

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self._selector.close()
        for one in (self._door, *self._sockets.values()):
            one.close()

    def _towards(self, port: int) -> int:
        self._there = ("127.0.0.1", port)
        return int(self._door.getsockname()[1])

    def _run(self) -> None:
        while self._open:
            for key, _ in self._selector.select(0.002 if self._waiting else 0.05):
                with self._lock:
                    if key.fileobj.fileno() >= 0:  # type: ignore[union-attr]
                        key.data()
            with self._lock:
                while self._waiting and self._waiting[0][0] <= time.monotonic():
                    heapq.heappop(self._waiting)[2]()

    def _from_browser(self) -> None:
        data, here = self._door.recvfrom(LARGEST)
        if here not in self._sockets:
            self._sockets[here] = self._socket_for(here)
        self._pass(self.up, data, lambda: self._sockets[here].sendto(data, self._there))

    def _socket_for(self, here: Address) -> socket.socket:
        made = _bound()

        def from_relay() -> None:
            data = made.recv(LARGEST)
            self._pass(self.down, data, lambda: self._door.sendto(data, here))

        self._selector.register(made, selectors.EVENT_READ, from_relay)
        return made

    def _pass(self, way: Way, data: bytes, send: Callable[[], object]) -> None:
        now = time.monotonic()
        arrival = way.arrival(len(data), now)
        if arrival is not None and arrival <= now:
            send()
        elif arrival is not None:
            heapq.heappush(self._waiting, (arrival, next(self._order), send))


def _bound() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made
