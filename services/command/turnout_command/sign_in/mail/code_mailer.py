"""Issues mail codes and sends them."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from turnout_command.sign_in.codes import MailCodes, MailPurpose
from turnout_command.sign_in.mail.allowance import MailAllowance
from turnout_command.sign_in.mail.code_message import CodeMail, code_message
from turnout_command.sign_in.mail.mail_queue import MailQueue, MailResult
from turnout_core.mail.port import Mailer

_ID_BYTES = 16


class CodeMailer:
    """Issues mail codes and sends them. ``on_result`` is called once for each mail."""

    def __init__(self, codes: MailCodes, mailer: Mailer, on_result: Callable[[MailResult], None]) -> None:
        self._codes = codes
        self._mailer = mailer
        self._allowance = MailAllowance()
        self._queue = MailQueue(self._transmit, on_result)

    def send(self, purpose: MailPurpose, now_s: float, *, is_expected: bool = True) -> None:
        """Issues a code and sends it, unless the address has got too many mails. It never waits.

        If nobody expects a code, no mail is sent; everything else happens as always, in the same time.
        """
        if not self._allowance.take(purpose.address, now_s):
            return
        mail = CodeMail(self._codes.issue(purpose, now_s), purpose)
        if is_expected:
            self._queue.put(mail)

    async def run(self) -> None:
        """Sends mails until it is cancelled."""
        await self._queue.run()

    async def _transmit(self, mail: CodeMail) -> None:
        message = code_message(mail, self._mailer.sender, datetime.now(UTC), secrets.token_hex(_ID_BYTES))
        await self._mailer.send(message)
