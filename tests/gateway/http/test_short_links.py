"""``/e/<id>``: the short link to an event."""

from collections.abc import Awaitable, Callable
from urllib.parse import urljoin

import pytest
from running_gateway import RunningGateway

ServeGateway = Callable[..., Awaitable[RunningGateway]]


@pytest.mark.parametrize("below", ["", "/turnout"])
@pytest.mark.parametrize("query", ["", "?a=b%20c&d"])
async def test_a_short_link_leads_to_the_page(serve: ServeGateway, below: str, query: str) -> None:
    answer = await (await serve()).get(f"/e/Abc_d-1{query}")
    assert answer.status_code == 308
    site = f"https://events.example{below}"
    assert urljoin(f"{site}/e/Abc_d-1", answer.headers["Location"]) == f"{site}/events/Abc_d-1{query}"


@pytest.mark.parametrize("event", ["%2F%2Fevil.example", "a%0d%0ab", "..", "x" * 100, "%3F"])
async def test_a_short_link_leads_nowhere_else(serve: ServeGateway, event: str) -> None:
    answer = await (await serve()).get(f"/e/{event}")
    assert answer.status_code == 404
