"""Fixtures of the tests of the hub."""

import pytest
from hub_harness import HubHarness


@pytest.fixture
def harness() -> HubHarness:
    return HubHarness()
