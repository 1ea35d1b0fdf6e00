"""`python -m meet.health`: whether the server in this container is ready, as an exit code. Needs no settings."""

import http.client
import os
import ssl
import sys


def ready() -> bool:
    port = int(os.environ.get("PORT", "8000"))
    connection: http.client.HTTPConnection
    if os.environ.get("MEET_TLS"):
        # To itself, on loopback, with a certificate that nobody signed.
        connection = http.client.HTTPSConnection("localhost", port, timeout=4, context=ssl._create_unverified_context())  # noqa: S323
    else:
        connection = http.client.HTTPConnection("localhost", port, timeout=4)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if ready() else 1)
