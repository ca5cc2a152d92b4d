"""A running command service, and one that sends mail to a real SMTP server."""

from collections.abc import AsyncIterator, Iterator

import pytest
from mail_server import MailServer, mail_server
from running_service import RunningService, serving


@pytest.fixture
async def service(valkey_url: str) -> AsyncIterator[RunningService]:
    async with serving(valkey_url) as running:
        yield running


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
async def mailing(valkey_url: str, mails: MailServer) -> AsyncIterator[RunningService]:
    async with serving(valkey_url, smtp=f"smtp://127.0.0.1:{mails.port}", mail_from="turnout@here.example") as running:
        yield running
