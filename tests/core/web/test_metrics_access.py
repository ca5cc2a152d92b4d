"""The metrics are for the machine itself, unless a setting opens them."""

import httpx
import pytest
from fastapi import FastAPI, Request

from turnout_core.web.http_limits import HttpLimits
from turnout_core.web.metrics_access import MetricsReaders, check_metrics_access
from turnout_core.web.problems import install_problems
from turnout_core.web.server import ServerConfig
from turnout_gateway.settings import Settings


def app(readers: MetricsReaders, trusted_proxies: str) -> ServerConfig:
    """A server whose ``/metrics`` is open to ``readers``, with the middleware of proxies that all services have."""
    made = FastAPI()
    install_problems(made)

    @made.get("/metrics")
    async def metrics(request: Request) -> str:
        check_metrics_access(request, readers)
        return "measured"

    networks = Settings(trusted_proxies=trusted_proxies).trusted_proxies
    config = ServerConfig(made, HttpLimits(trusted_proxies=networks), 1)
    config.load()
    return config


async def scrape(
    peer: str, *forwarded_for: str, readers: MetricsReaders = "local", trusted_proxies: str = "127.0.0.0/8 ::1"
) -> httpx.Response:
    """Asks for the metrics, with a header line for each text of ``forwarded_for``."""
    transport = httpx.ASGITransport(app(readers, trusted_proxies).loaded_app, client=(peer, 1234))
    headers = [("X-Forwarded-For", each) for each in forwarded_for if each]
    async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
        return await client.get("/metrics", headers=headers)


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "status"),
    [
        ("127.0.0.1", "", 200),
        ("127.8.9.10", "", 200),
        ("::1", "", 200),
        ("::ffff:127.0.0.1", "", 200),
        ("127.0.0.1", "127.0.0.1", 200),
        ("192.0.2.1", "", 403),
        ("::ffff:192.0.2.1", "", 403),
        ("fe80::1%eth0", "", 403),
        ("127.0.0.1", "192.0.2.1", 403),  # a proxy on the machine has clients elsewhere
        ("127.0.0.1", "127.0.0.1, 192.0.2.1", 403),
        ("127.0.0.1", "192.0.2.1, 127.0.0.1", 403),
        ("127.0.0.1", "unknown", 403),
        ("192.0.2.1", "127.0.0.1", 403),  # not a trusted proxy
    ],
)
async def test_only_the_machine_itself_reads_the_metrics(peer: str, forwarded_for: str, status: int) -> None:
    response = await scrape(peer, forwarded_for)
    assert response.status_code == status
    if status == 403:
        assert response.headers["content-type"] == "application/problem+json"
        problem = response.json()
        assert (problem["status"], problem["code"]) == (403, "invalid")
        assert "TURNOUT_METRICS=everyone" in problem["detail"]


@pytest.mark.parametrize("forwarded_for", [("127.0.0.1, 10.0.0.9",), ("127.0.0.1", "10.0.0.9")])
async def test_a_client_cannot_claim_to_be_the_machine_behind_proxies_that_trust_each_other(
    forwarded_for: tuple[str, ...],
) -> None:
    response = await scrape("10.0.0.2", *forwarded_for, trusted_proxies="10.0.0.0/8")
    assert response.status_code == 403


async def test_the_setting_opens_the_metrics() -> None:
    assert (await scrape("192.0.2.1", readers="everyone")).json() == "measured"
