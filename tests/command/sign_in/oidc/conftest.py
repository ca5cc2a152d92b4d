"""The providers: a real one, and one that lies."""

from collections.abc import AsyncIterator, Iterator

import pytest
from lying_provider import LyingProvider, running_lying_provider
from oidc_provider import OidcProvider, running_provider


@pytest.fixture(scope="session")
def provider() -> Iterator[OidcProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture
async def liar() -> AsyncIterator[LyingProvider]:
    async with running_lying_provider() as running:
        yield running
