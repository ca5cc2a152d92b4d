"""A provider that lies."""

from collections.abc import AsyncIterator

import pytest
from lying_provider import LyingProvider, running_lying_provider


@pytest.fixture
async def liar() -> AsyncIterator[LyingProvider]:
    async with running_lying_provider() as running:
        yield running
