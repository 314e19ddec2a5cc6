"""A mail server of a test's own: it takes every message and keeps it."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 mailbox")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                self._take()
            self._say({b"QUIT": "221 bye"}.get(verb, "250 ok"))
            if verb == b"QUIT":
                return

    def _take(self) -> None:
        body = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            body += line
        message = email.message_from_bytes(body, policy=email.policy.default)
        assert isinstance(self.server, Mailbox)
        self.server.received.append(message)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Mailbox(socketserver.ThreadingTCPServer):
    """received: the messages so far."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.received: list[EmailMessage] = []

    @property
    def url(self) -> str:
        """What a hedui-mail block needs to know to send here."""
        return f"mailto://127.0.0.1:{self.server_address[1]}?from=hedui@county.example&to=duty@county.example"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server on a free port of the loopback."""
    with Mailbox() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
