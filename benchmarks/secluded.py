"""A network of the benchmark's own, with nothing in it but this machine: servers in it listen to nobody else.

Janus offers no loopback addresses, so there is one that is none; what is sent to it goes over the loopback device.
"""

import os
import socket
import sys

ADDRESS = "198.18.0.1"
SETUP = f"""set -e
ip link set lo up
ip link add meet0 type veth peer name meet1
ip address add {ADDRESS}/32 dev meet0
ip link set meet0 up
ip link set meet1 up
exec "$@"
"""


def seclude(module: str) -> None:
    """Begins the program anew inside; needs root."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((ADDRESS, 0))
            return
        except OSError:
            command = ["unshare", "--net", "sh", "-c", SETUP, "sh", sys.executable, "-m", module, *sys.argv[1:]]
            os.execvp(command[0], command)  # noqa: S606
