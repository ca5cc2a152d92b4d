"""Writes mails into a folder instead of sending them, for trying out: mail programs open ``.eml`` files."""

import asyncio
import os
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from secrets import token_hex
from time import time_ns
from typing import Final

from turnout_core.mail.port import MailFailed

SENDER: Final = Address("Turnout", "turnout", "localhost")
_PRIVATE: Final = 0o700  # mails hold codes that sign in


class FolderMailer:
    """Satisfies ``Mailer``. The files are named by their time, so that they sort.

    Args:
        folder: is made with the first mail.
    """

    def __init__(self, folder: Path, sender: Address = SENDER) -> None:
        self.sender = sender
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        try:
            await asyncio.to_thread(self._write, message.as_bytes())
        except OSError as error:
            raise MailFailed(f"a mail cannot be written: {error.strerror}", is_permanent=False) from None

    def _write(self, content: bytes) -> None:
        """Writes a file that is complete as soon as its name ends in ``.eml``."""
        self._folder.mkdir(_PRIVATE, parents=True, exist_ok=True)
        file = self._folder / f"{time_ns() // 1_000_000}-{token_hex(4)}.eml"
        unfinished = file.with_suffix(".part")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(content)
        unfinished.rename(file)
