"""Sends notices by mail."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from turnout_core.mail.port import Mailer, MailFailed
from turnout_notifier.channels.port import Batch, Failed, Gone, Result, Sent
from turnout_notifier.render.mail import MailStyle, notice_mail

ReportBounce = Callable[[str, str], Awaitable[None]]
"""Asks the writer to note that mail to this address of this user comes back. Raises JournalError."""


class MailChannel:
    """Satisfies ``Channel``.

    Args:
        style: makes the style of mails, which needs the secret of the instance. Raises JournalError.
    """

    def __init__(self, mailer: Mailer, style: Callable[[], Awaitable[MailStyle]], report_bounce: ReportBounce) -> None:
        self._mailer = mailer
        self._style = style
        self._report_bounce = report_bounce

    async def send(self, batch: Batch) -> Result:
        style = await self._style()
        user = batch.state.users.get(batch.deliveries[0].user)
        if user is None or not user.mail:
            return Gone("the person or their address is gone")
        address = user.mail
        ids = [each.id for each in batch.deliveries]
        message = notice_mail(style, batch.state, user, batch.notices, ids, datetime.now(UTC))
        try:
            await self._mailer.send(message)
        except MailFailed as failure:
            if failure.has_bounced:
                await self._report_bounce(user.id, address)
                return Gone(str(failure))
            return Failed(str(failure), is_permanent=failure.is_permanent)
        return Sent()
