"""The socket that the server listens on."""

import errno
import socket

from django.core.management.base import CommandError

BACKLOG = 4096  # a whole school presses Join at the same minute
TAKES_NOTHING = 20_000  # milliseconds until the kernel gives up a peer that acknowledges nothing


def listening_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=host == "::")
    except (OSError, OverflowError) as error:
        raise CommandError(_sentence(host, port, error)) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux (tcp(7)); accepted connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TAKES_NOTHING)
    listener.set_inheritable(True)
    return listener


def _sentence(host: str, port: int, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"Port {port} is taken. Stop what uses it, or choose another: PORT={port + 1} make run"
    if code == errno.EACCES:
        return f"Port {port} needs more rights than this user has. Choose one above 1023 with PORT."
    return f"Meet cannot listen on {host} port {port}: {error}"
