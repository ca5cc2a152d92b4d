"""The port of mail: where a message goes, and how that fails."""

from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol


class MailFailed(Exception):
    """A mail was not accepted. The message names no address, since servers repeat those in replies.

    Attributes:
        is_permanent: True if the same mail would fail again.
        has_bounced: True if the server says that there is no such mailbox.
    """

    def __init__(self, reason: str, *, is_permanent: bool, has_bounced: bool = False) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent
        self.has_bounced = has_bounced


class Mailer(Protocol):
    """Hands messages to the next server.

    Attributes:
        sender: of all messages.
    """

    @property
    def sender(self) -> Address: ...

    async def send(self, message: EmailMessage) -> None:
        """Sends ``message`` to the address of its header ``To``. Raises MailFailed.

        A call that is cancelled may have sent it.
        """
        ...
