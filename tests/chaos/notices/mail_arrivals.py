"""A mail server that takes its time, is busy now and then, and notes which deliveries each mail holds, and when."""

import asyncio
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTPUTF8
from random import Random
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope
from mail_server import MailServer

DELIVERIES: Final = "X-Deliveries"
"""The header in which the notifiers of a chaos run name the ids of deliveries."""
_LONGEST_S: Final = 0.04
_BUSY_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that was accepted.

    Attributes:
        at_s: Unix time.
        address: of the recipient.
        ids: of its deliveries.
    """

    at_s: float
    address: str
    ids: tuple[str, ...]


class SlowSink(MailServer):
    """Accepts mails; it does so after a random time, and refuses some for now."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.arrivals: list[Arrival] = []
        self._random = random

    async def handle_DATA(self, _: SMTP, __: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(self._random.uniform(0, _LONGEST_S))
        if self._random.random() < _BUSY_SHARE:
            return "451 4.3.0 busy"
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=SMTPUTF8)
        ids = tuple(str(mail[DELIVERIES]).split())
        self.arrivals.append(Arrival(time.time(), str(mail["To"]), ids))
        await asyncio.sleep(self._random.uniform(0, _LONGEST_S))  # a kill now repeats the mail
        return "250 2.0.0 Accepted"
