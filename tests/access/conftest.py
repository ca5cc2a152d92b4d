"""A running command service with the people of the table of access."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from access_table import changes_for, people
from history import BEGINNING, EPOCH, History
from played_viewers import PlayedService, StoredEvents
from running_service import serving

from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

_FENCE = 1
_SECRET = "a secret for tests"


@pytest.fixture
async def play(valkey_url: str) -> AsyncIterator[Callable[[StoredEvents], Awaitable[PlayedService]]]:
    """Stores events, and starts a service on them."""
    async with AsyncExitStack() as stack:

        async def start(events: StoredEvents) -> PlayedService:
            history, keys = History(), Keys()
            history.add(*people())
            for event, setting in events.items():
                history.add(*changes_for(setting, event))
            async with connect(valkey_url) as valkey:
                journal = ValkeyJournal(valkey, valkey, keys)
                await valkey.set(keys.fence, _FENCE)
                await valkey.set(keys.secret, _SECRET)
                await journal.create(EPOCH)
                await journal.append(_FENCE, BEGINNING, history.records, history.head)
            return PlayedService(await stack.enter_async_context(serving(valkey_url)), _SECRET)

        yield start
