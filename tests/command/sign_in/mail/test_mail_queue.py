"""The queue of mails: it never blocks, repeats what fails for now, and logs no address."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from waiting import until

from turnout_command.sign_in.codes import MailPurpose
from turnout_command.sign_in.mail.code_message import CodeMail
from turnout_command.sign_in.mail.mail_queue import MailQueue, MailQueueConfig, MailResult
from turnout_core.mail.port import MailFailed
from turnout_core.runtime.tasks import cancel_and_wait

_FAST = MailQueueConfig(start_after_s=0, first_pause_s=0.01, longest_pause_s=0.02, give_up_s=5)


class Server:
    """Fails as ``failures`` says, then accepts everything."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.accepted: list[str] = []
        self.attempts = 0
        self.open = asyncio.Event()
        self.open.set()

    async def transmit(self, mail: CodeMail) -> None:
        self.attempts += 1
        await self.open.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.accepted.append(mail.code)


@asynccontextmanager
async def _running(
    server: Server, config: MailQueueConfig = _FAST
) -> AsyncIterator[tuple[MailQueue, list[MailResult]]]:
    results: list[MailResult] = []
    queue = MailQueue(server.transmit, results.append, config)
    task = asyncio.create_task(queue.run())
    try:
        yield queue, results
    finally:
        await cancel_and_wait(task)


def _mail(code: str = "012345") -> CodeMail:
    return CodeMail(code, MailPurpose("anna@here.example"))


def _later() -> MailFailed:
    return MailFailed("the mail server replied 450", is_permanent=False)


async def test_temporary_failures_are_repeated() -> None:
    server = Server(_later(), _later())
    async with _running(server) as (queue, results):
        queue.put(_mail())
        await until(lambda: results == ["sent"])
    assert server.accepted == ["012345"]
    assert server.attempts == 3


async def test_a_permanent_failure_is_not_repeated_and_its_log_line_has_no_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server(MailFailed("the mail server replied 550 5.1.1", is_permanent=True))
    with caplog.at_level(logging.WARNING):
        async with _running(server) as (queue, results):
            queue.put(_mail())
            await until(lambda: results == ["refused"])
    assert server.attempts == 1
    assert caplog.messages == ["a mail to here.example was refused: the mail server replied 550 5.1.1"]


async def test_a_mail_is_given_up_before_its_code_expires(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(*[_later() for _ in range(1_000)])
    config = MailQueueConfig(start_after_s=0, first_pause_s=0.01, longest_pause_s=0.02, give_up_s=0.1)
    with caplog.at_level(logging.WARNING):
        async with _running(server, config) as (queue, results):
            queue.put(_mail())
            await until(lambda: results == ["given-up"])
    assert server.accepted == []
    assert "anna" not in caplog.text
    assert "was not sent in 0.1 s: the mail server replied 450" in caplog.text


async def test_mails_that_wait_for_a_retry_block_no_others() -> None:
    server = Server(_later())
    slow = MailQueueConfig(start_after_s=0, connections_max=1, first_pause_s=60, longest_pause_s=60)
    async with _running(server, slow) as (queue, results):
        queue.put(_mail("000001"))
        queue.put(_mail("000002"))
        await until(lambda: results == ["sent"])
    assert server.accepted == ["000002"]


async def test_connections_and_waiting_mails_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    server = Server()
    server.open.clear()
    config = MailQueueConfig(start_after_s=0, mails_max=5, connections_max=2)
    with caplog.at_level(logging.ERROR):
        async with _running(server, config) as (queue, results):
            for number in range(7):
                queue.put(_mail(str(number)))
            await until(lambda: server.attempts == 2)
            assert results == ["dropped", "dropped"]
            server.open.set()
            await until(lambda: len(results) == 7)
            queue.put(_mail("7"))
            await until(lambda: len(results) == 8)
    assert server.accepted == ["0", "1", "2", "3", "4", "7"]
    assert "anna" not in caplog.text


async def test_a_bug_ends_one_mail_and_not_the_queue(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(ValueError("anna@here.example"))
    async with _running(server) as (queue, results):
        queue.put(_mail("000001"))
        await until(lambda: results == ["refused"])
        queue.put(_mail("000002"))
        await until(lambda: results == ["refused", "sent"])
    assert "ValueError" in caplog.text
    assert "anna" not in caplog.text
