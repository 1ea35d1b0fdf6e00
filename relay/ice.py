"""ICE lite: we answer checks and send none. An address is believed once a check with the right password came from it.

Candidates of the other side are never looked at, so nobody can make us send anything anywhere.
"""

import hmac
import secrets
import struct
from collections import Counter, OrderedDict
from typing import Protocol

from aioice import stun

from relay.batches import Address, Target
from relay.native import Train
from relay.udp import Wire

CONSENT = 30.0  # seconds without a check, then the link is dead
HELD = 10.0  # seconds an address stays with the link that last proved it
PATHS = 8  # addresses of one link
REMEMBERED = 512  # checks, so that a recorded one can't move the link elsewhere
CHECKS = 100  # a second, for one link
BINDING_REQUEST = b"\x00\x01"
COOKIE = b"\x21\x12\xa4\x42"
FINGERPRINT = b"\x80\x28\x00\x04"  # the last attribute, and of this length
LONGEST_CHECK = 548
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def random_name(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


class Credentials:
    def __init__(self) -> None:
        self.ufrag = random_name(12)
        self.password = random_name(32)
        self.key = self.password.encode()


class Checked(Protocol):
    """What the agent tells its link."""

    def selected(self, wire: Wire, target: Target) -> None: ...
    def datagram(self, wire: Wire, length: int) -> None: ...
    def media(self, wire: Wire, train: Train) -> bool: ...


class Agent:
    """The ICE side of one link."""

    def __init__(self, door: "Door", link: Checked) -> None:
        self.link = link
        self.credentials = Credentials()
        self.remote_ufrag: str | None = None
        self.last_check = door.now()
        self.selected: Address | None = None
        self.paths: OrderedDict[Address, float] = OrderedDict()
        self._door = door
        self._previous: Credentials | None = None
        self._seen: OrderedDict[bytes, Address] = OrderedDict()
        self._second, self._checks = 0, 0
        door.add(self, self.credentials.ufrag)

    def restart(self) -> None:
        """New credentials; the old ones hold until the new ones were used."""
        self._forget_previous()
        self._previous, self.credentials = self.credentials, Credentials()
        self.remote_ufrag = None
        self._door.add(self, self.credentials.ufrag)

    def close(self) -> None:
        self._forget_previous()
        self._door.remove(self.credentials.ufrag)
        for address in list(self.paths):
            self._forget(address)

    def check(self, wire: Wire, address: Address, data: bytes, users: tuple[str, str]) -> bool:
        """Whether this is a genuine check; if so it is answered and the address believed."""
        credentials = self._credentials_for(users)
        if credentials is None or self._too_many() or not self._door.may_have(self, address):
            return False
        request = _parsed(data)
        if request is None or not request.check_message_integrity(credentials.key):
            return False
        if self._seen.setdefault(request.transaction_id, address) != address:
            return False  # recorded and sent from elsewhere
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        if credentials is self.credentials:
            self._forget_previous()
        self._believe(wire, address, nominated="USE-CANDIDATE" in request.attributes)
        wire.send(Target(address), _response(request, address, credentials.key))
        return True

    def _credentials_for(self, users: tuple[str, str]) -> Credentials | None:
        ours, theirs = users
        if self._previous and ours == self._previous.ufrag:
            return self._previous
        if self.remote_ufrag is not None and not hmac.compare_digest(theirs.encode(), self.remote_ufrag.encode()):
            return None
        return self.credentials

    def _too_many(self) -> bool:
        second = int(self._door.now())
        if second != self._second:
            self._second, self._checks = second, 0
        self._checks += 1
        return self._checks > CHECKS

    def _believe(self, wire: Wire, address: Address, *, nominated: bool) -> None:
        self.last_check = self._door.now()
        self.paths[address] = self.last_check
        self.paths.move_to_end(address)
        self._door.addresses[address] = self
        if self.selected is None or (nominated and address != self.selected):
            self.selected = address
            self.link.selected(wire, Target(address))
        while len(self.paths) > PATHS:
            self._forget(next(one for one in self.paths if one != self.selected))

    def _forget(self, address: Address) -> None:
        self.paths.pop(address, None)
        if self._door.addresses.get(address) is self:
            del self._door.addresses[address]

    def _forget_previous(self) -> None:
        if self._previous:
            self._door.remove(self._previous.ufrag)
            self._previous = None


class Door:
    """Sorts what arrives on the sockets: checks by user name, everything else by an address that proved itself."""

    def __init__(self, now: "Clock") -> None:
        self.now = now
        self.counts: Counter[str] = Counter()
        self.addresses: dict[Address, Agent] = {}
        self._agents: dict[str, Agent] = {}

    def add(self, agent: Agent, ufrag: str) -> None:
        self._agents[ufrag] = agent

    def remove(self, ufrag: str) -> None:
        self._agents.pop(ufrag, None)

    def may_have(self, agent: Agent, address: Address) -> bool:
        """Nobody takes an address from somebody who still uses it."""
        holder = self.addresses.get(address)
        return holder is None or holder is agent or self.now() - holder.paths.get(address, 0.0) > HELD

    def datagram(self, wire: Wire, address: Address, length: int) -> None:
        if wire.inbox_view[0] > 3:
            agent = self.addresses.get(address)
            if agent is None:
                self.counts["strangers"] += 1
            else:
                agent.link.datagram(wire, length)
        elif length > LONGEST_CHECK or not self._checked(wire, address, bytes(wire.inbox_view[:length])):
            self.counts["bad_checks"] += 1

    def media(self, wire: Wire, train: Train) -> bool:
        agent = self.addresses.get(train.address)
        return agent is not None and agent.link.media(wire, train)

    def _checked(self, wire: Wire, address: Address, data: bytes) -> bool:
        users = user_names(data)
        agent = self._agents.get(users[0]) if users else None
        return agent is not None and users is not None and agent.check(wire, address, data, users)


class Clock(Protocol):
    def __call__(self) -> float: ...


def user_names(data: bytes) -> tuple[str, str] | None:
    """Ours and theirs from a binding request; cheap, since strangers can make us do it."""
    if data[:2] != BINDING_REQUEST or data[4:8] != COOKIE:
        return None
    at, end = 20, len(data)
    while at + 4 <= end:
        kind, length = struct.unpack_from("!HH", data, at)
        if kind == 6:
            name = data[at + 4 : at + 4 + length]
            ours, separator, theirs = name.decode("latin-1").partition(":")
            return (ours, theirs) if separator else None
        at += 4 + length + -length % 4
    return None


def _parsed(data: bytes) -> stun.Message | None:
    if data[-8:-4] != FINGERPRINT:
        return None
    try:
        return stun.parse_message(data)
    except (ValueError, IndexError, struct.error):
        return None


def _response(request: stun.Message, address: Address, key: bytes) -> bytes:
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=request.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": (address[0].partition("%")[0], address[1])},
    )
    response.add_message_integrity(key)
    return bytes(response)
