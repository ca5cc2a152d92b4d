"""The matrix catches planted leaks: without this, a test that finds nothing would prove nothing."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing

import pytest
from index_page import IndexServer
from running_gateway import RunningGateway
from ways_out import commit_events, leaks_of

from chaos.planted.replacement import Replacement
from gateway.access.leaks import LEAKS

ServeGateway = Callable[..., Awaitable[RunningGateway]]


@pytest.mark.parametrize("bug", LEAKS, ids=lambda each: each.__name__)
async def test_a_planted_leak_is_caught(
    serve: ServeGateway,
    index: IndexServer,
    bug: Callable[[], Iterable[Replacement]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = await serve(index_url=index.url)
    commit_events(instance)
    for part, name, wrong in bug():
        monkeypatch.setattr(part, name, wrong)
    await instance.append_and_wait()
    async with aclosing(leaks_of(instance, LEAKS[bug])) as leaks:
        assert await anext(leaks, None) is not None
