"""A worker with an address of each kind: everybody comes by the one they have."""

import socket

import pytest

from tests.relay.peers import gathering, until

pytestmark = pytest.mark.usefixtures("language")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


async def test_people_of_both_kinds_of_addresses_hear_each_other():
    addresses = ["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1", "127.0.0.1"]
    async with gathering(*addresses) as relay:
        alice = relay.person("alice").join()
        alice.up.which = 1
        await alice.send("microphone")
        bob = await relay.person("bob").join().receive("alice/microphone")
        carol = relay.person("carol").join()
        carol.down.which = 1
        await carol.receive("alice/microphone")
        alice.speak()
        await until(lambda: bob.bodies("alice/microphone") == carol.bodies("alice/microphone") == [b"hello"])


async def test_an_address_of_another_machine_is_announced_and_listened_for_everywhere():
    async with gathering("192.0.2.1") as relay:
        answer = relay.person("alice").join().publish("microphone")
        port = relay.worker.wires[0].address[1]
        assert f"192.0.2.1 {port} typ host" in answer
        assert relay.worker.wires[0].address[0] == "0.0.0.0"  # noqa: S104 - what the kernel says
