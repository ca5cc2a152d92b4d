"""The queue of mails: commands put mails in without waiting, and a task sends them and repeats what fails for now."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from turnout_command.sign_in.mail.code_message import CodeMail
from turnout_core.mail.addresses import to_mailbox
from turnout_core.mail.port import MailFailed
from turnout_core.runtime.backoff import Backoff

MailResult = Literal["sent", "refused", "given-up", "dropped"]

log = logging.getLogger("turnout.mail")


@dataclass(frozen=True, slots=True)
class MailQueueConfig:
    """Bounds of the queue.

    Attributes:
        mails_max: mails that wait or are being sent; more are dropped.
        connections_max: connections to the server at a time.
        first_pause_s, longest_pause_s: between two attempts to send a mail.
        start_after_s: pause before the first attempt. The response to the request is sent meanwhile, so its time does
            not tell whether there was a mail to send.
        give_up_s: after which a mail is not sent again; its code has expired soon after.
    """

    mails_max: int = 1_000
    connections_max: int = 4
    start_after_s: float = 0.1
    first_pause_s: float = 2.0
    longest_pause_s: float = 60.0
    give_up_s: float = 300.0


class MailQueue:
    """Sends mails, each as soon as a connection is free. A process that ends loses those that wait.

    Args:
        transmit: sends one mail; raises MailFailed.
        on_result: is called once for each mail.
    """

    def __init__(
        self,
        transmit: Callable[[CodeMail], Awaitable[None]],
        on_result: Callable[[MailResult], None] = lambda _: None,
        config: MailQueueConfig | None = None,
    ) -> None:
        self._transmit = transmit
        self._on_result = on_result
        self._config = config or MailQueueConfig()
        self._arrived: asyncio.Queue[CodeMail] = asyncio.Queue()
        self._connections = asyncio.Semaphore(self._config.connections_max)
        self._mails = 0

    def put(self, mail: CodeMail) -> None:
        """Accepts ``mail`` without waiting, or drops it if too many wait."""
        if self._mails >= self._config.mails_max:
            log.error("a mail was dropped: %d wait for the mail server, the most allowed", self._mails)
            self._on_result("dropped")
            return
        self._mails += 1
        self._arrived.put_nowait(mail)

    async def run(self) -> None:
        """Sends the mails until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._deliver(await self._arrived.get()))

    async def _deliver(self, mail: CodeMail) -> None:
        result: MailResult = "given-up"
        try:
            result = await self._send_repeatedly(mail)
        finally:
            self._mails -= 1
            self._on_result(result)

    async def _send_repeatedly(self, mail: CodeMail) -> MailResult:
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + self._config.give_up_s
        await asyncio.sleep(self._config.start_after_s)
        backoff = Backoff(self._config.first_pause_s, self._config.longest_pause_s)
        while True:
            try:
                async with self._connections:
                    await self._transmit(mail)
            except MailFailed as failure:
                if failure.is_permanent:
                    log.warning("a mail to %s was refused: %s", _domain(mail), failure)
                    return "refused"
                pause_s = backoff.next_s()
                if loop.time() + pause_s >= ends_s:
                    log.warning(
                        "a mail to %s was not sent in %g s: %s; check TURNOUT_SMTP and the mail server",
                        _domain(mail), self._config.give_up_s, failure,
                    )  # fmt: skip
                    return "given-up"
            except Exception as error:  # noqa: BLE001 - one odd mail must not end the queue, and its text may be an address
                log.critical("a mail to %s failed by a bug in this program: %s", _domain(mail), type(error).__name__)
                return "refused"
            else:
                return "sent"
            await asyncio.sleep(pause_s)


def _domain(mail: CodeMail) -> str:
    """The domain of the recipient. Logs never hold a whole address."""
    return to_mailbox(mail.purpose.address).domain
