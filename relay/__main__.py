"""`python -m relay --port 3479 --address 192.0.2.1 --control /run/meet/relay-0.sock`: one worker, until SIGTERM."""

import argparse
import asyncio
import ipaddress
import logging
import signal
from pathlib import Path

from relay.control import Control
from relay.worker import Worker


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m relay", description="One worker of the media relay.")
    parser.add_argument("--port", type=int, required=True, help="UDP, for everybody")
    parser.add_argument("--address", action="append", required=True, type=_address, help="browsers reach it here")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for web processes")
    return parser.parse_args()


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


async def serve(addresses: list[str], port: int, path: Path) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    worker = Worker(addresses, port)
    control = Control(worker)
    try:
        await control.listen(path)
        await stopped.wait()
    finally:
        await control.close()
        await worker.close()
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    options = arguments()
    asyncio.run(serve(options.address, options.port, options.control))
