"""A real mail server on the loopback, which keeps what it gets and refuses whom it is told to."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller

from cityvoice.core.config import MailConfig, MailSecurity


class Postbox:
    """What was delivered, and how the server behaves."""

    def __init__(self) -> None:
        self.mail: list[EmailMessage] = []
        self.refused: dict[str, str] = {}  # recipient -> what the server answers
        self.pause = 0.0  # seconds before a message is taken
        self.taken = 0  # messages whose bytes have arrived

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        self.taken += 1
        time.sleep(self.pause)
        self.mail.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"

    @property
    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.mail]


@contextmanager
def postbox() -> Iterator[tuple[Postbox, MailConfig]]:
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield box, MailConfig("127.0.0.1", port, MailSecurity.NONE, "City <voice@city.example>")
    finally:
        server.stop()
