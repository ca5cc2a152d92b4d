"""A running command service."""

from collections.abc import AsyncIterator

import pytest
from running_service import RunningService, serving


@pytest.fixture
async def service(valkey_url: str) -> AsyncIterator[RunningService]:
    async with serving(valkey_url) as running:
        yield running
