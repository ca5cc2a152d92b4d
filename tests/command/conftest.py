"""A real OpenID Connect provider for all tests of the command service."""

from collections.abc import Iterator

import pytest
from oidc_provider import OidcProvider, running_provider


@pytest.fixture(scope="session")
def provider() -> Iterator[OidcProvider]:
    with running_provider() as running:
        yield running
