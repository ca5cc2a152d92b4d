"""Every way out of a gateway, for each viewer and each kind of event of tests/vectors/access.json."""

from collections.abc import Awaitable, Callable

import pytest
from index_page import IndexServer
from running_gateway import RunningGateway
from ways_out import WAYS, Way, commit_events, leaks_of

ServeGateway = Callable[..., Awaitable[RunningGateway]]


@pytest.mark.parametrize("way", WAYS, ids=lambda each: each.__name__)
async def test_a_viewer_gets_what_the_table_grants_and_nothing_else(
    serve: ServeGateway, index: IndexServer, way: Way
) -> None:
    instance = await serve(index_url=index.url)
    commit_events(instance)
    await instance.append_and_wait()
    assert [leak async for leak in leaks_of(instance, way)] == []
