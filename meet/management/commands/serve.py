"""`manage.py serve`: prepare, say where, and serve until stopped."""

import signal
import socket
import sys
from typing import Any, NoReturn

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand
from uvicorn.supervisors import Multiprocess

from meet.management.greeting import greeting
from meet.management.keeping import kept
from meet.management.listening import BACKLOG, listening_socket
from meet.management.preparation import prepare
from meet.management.relaying import relay_workers
from meet.management.working import job_workers
from meet.tls import certificate

LARGEST_MESSAGE = 96 * 1024  # bytes; a command is at most 72 Ki characters, nearly all of them ASCII
PATIENCE_AT_SHUTDOWN = 3  # seconds


class Command(BaseCommand):
    help = "Prepares the database and static files, then serves Meet until it is stopped."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for stopping in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stopping, _stop)
        listener = listening_socket(settings.HOST, settings.PORT)
        self.check(display_num_errors=False)
        prepare()
        config = uvicorn.Config("meet.asgi:application", **server_options())
        for line in greeting():
            self.stdout.write(line)
        self.stdout.flush()
        with kept([*relay_workers(), *job_workers()]):
            run(config, listener)


def run(config: uvicorn.Config, listener: socket.socket) -> None:
    if config.workers > 1:
        Multiprocess(config, sockets=[listener]).run()
    else:
        uvicorn.Server(config).run([listener])


def server_options() -> dict[str, Any]:
    options: dict[str, Any] = {
        "workers": settings.WEB_PROCESSES,
        "lifespan": "on",
        "backlog": BACKLOG,
        "ws": "websockets-sansio",
        "ws_max_size": LARGEST_MESSAGE,
        "ws_per_message_deflate": False,
        "ws_ping_interval": 20,
        "ws_ping_timeout": 20,
        "timeout_graceful_shutdown": PATIENCE_AT_SHUTDOWN,
        "log_config": None,  # settings.LOGGING
        "log_level": "warning",  # below it uvicorn writes every socket's path, and so the room's secret code
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # meet.asgi reads them, where it is still seen who asks
    }
    if settings.TLS:
        cert, key = certificate(settings.DATA_DIR)
        options |= {"ssl_certfile": str(cert), "ssl_keyfile": str(key)}
    return options


def _stop(number: int, frame: Any) -> NoReturn:
    """Before uvicorn listens to signals, and when it hands one back after its own shutdown."""
    sys.exit(0)
