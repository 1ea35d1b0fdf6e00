"""`python -m relay --port 3479 --address 192.0.2.1 --control /run/meet/relay-0.sock`: one worker, until SIGTERM."""

import argparse
import asyncio
import gc
import ipaddress
import logging
import signal
import sys
from pathlib import Path

import ifaddr

from relay.control import Control
from relay.worker import Worker


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m relay", description="One worker of the media relay.")
    parser.add_argument("--port", type=int, required=True, help="UDP, for everybody")
    parser.add_argument(
        "--address", action="append", type=_address, help="browsers reach it here; default: this machine"
    )
    parser.add_argument("--control", type=Path, required=True, help="unix socket for web processes")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    return parser.parse_args()


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def addresses_of_this_machine() -> list[str]:
    """Loopback too, for browsers on it; not those that need a scope, which no candidate can carry (RFC 8839)."""
    found = [
        ipaddress.ip_address(str(ip.ip if ip.is_IPv4 else ip.ip[0])) for one in ifaddr.get_adapters() for ip in one.ips
    ]
    return [str(address) for address in found if not address.is_link_local]


async def serve(addresses: list[str], port: int, path: Path, *, with_parent: bool) -> None:
    stopped = asyncio.Event()
    parent = asyncio.ensure_future(_end_with_parent(stopped)) if with_parent else None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        worker = Worker(addresses, port)
    except OSError as error:
        sys.exit(f"The relay cannot listen on UDP port {port}: {error.strerror}.")
    control = Control(worker)
    try:
        await control.listen(path)
        await stopped.wait()
    finally:
        if parent:
            parent.cancel()
        await control.close()
        await worker.close()
        path.unlink(missing_ok=True)


async def _end_with_parent(stopped: asyncio.Event) -> None:
    """Whoever started this process holds the other end of its standard input, and lets go when it is killed, too."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stopped.set()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    options = arguments()
    addresses = options.address or addresses_of_this_machine()
    gc.freeze()  # what was imported stays, and to look through it each time stops all media for tens of milliseconds
    asyncio.run(serve(addresses, options.port, options.control, with_parent=options.with_parent))
