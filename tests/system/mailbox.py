"""A mail server (RFC 5321, as little as is needed) that keeps what it is given, or takes its time."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class Mailbox(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Visit)
        self.received: list[Message] = []
        self.asked = threading.Event()
        self.answers = threading.Event()
        self.answers.set()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Visit(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.server.asked.set()
        self.server.answers.wait()
        self._say("220 mailbox")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb == b"DATA":
                self._say("354 go on")
                self.server.received.append(message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
            self._say("221 bye" if verb == b"QUIT" else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        threading.Thread(target=mailbox.serve_forever, daemon=True).start()
        try:
            yield mailbox
        finally:
            mailbox.answers.set()
            mailbox.shutdown()
