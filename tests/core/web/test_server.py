"""The server of a service: its socket, its shutdown, and its trusted proxies."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from waiting import until

from turnout_core.runtime.startup import CannotStart
from turnout_core.web.http_limits import HttpLimits
from turnout_core.web.server import Server, ServerConfig, bound_socket


async def scheme(scope: Any, _: Any, send: Any) -> None:
    """Responds with the scheme of the request."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["scheme"].encode()})


def test_a_port_in_use_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"port {port} cannot be used: Address already in use"):
            bound_socket("127.0.0.1", port).__enter__()


def test_a_host_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"nowhere\.invalid is no address"):
        bound_socket("nowhere.invalid", 0).__enter__()


def test_a_bound_socket_refuses_clients_until_it_is_served() -> None:
    with (
        bound_socket("127.0.0.1", 0) as listener,
        socket.socket() as client,
        pytest.raises(ConnectionRefusedError),
    ):
        client.connect(listener.getsockname())


async def test_the_service_runs_around_the_server() -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def service() -> AsyncIterator[None]:
        steps.append("service starts")
        yield
        steps.append("service ends")

    async def drain() -> None:
        steps.append("drain")

    server = Server(
        ServerConfig(scheme, HttpLimits(), 1), on_started=lambda: steps.append("listening"), before_close=drain
    )
    with bound_socket("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server.serve_within(service(), listener))
        await until(lambda: server.started)
        server.stop()
        await serving
    assert steps == ["service starts", "listening", "drain", "service ends"]


async def test_a_stop_before_the_start_is_not_lost() -> None:
    started: list[bool] = []

    @asynccontextmanager
    async def service() -> AsyncIterator[None]:
        server.stop()
        yield

    server = Server(ServerConfig(scheme, HttpLimits(), 1), on_started=lambda: started.append(True))
    with bound_socket("127.0.0.1", 0) as listener:
        await asyncio.wait_for(server.serve_within(service(), listener), 10)
    assert started == []


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [("127.0.0.0/8", "https"), ("0.0.0.0/0", "https"), ("10.0.0.0/8", "http")],
)
async def test_only_headers_of_trusted_proxies_are_used(trusted: str, expected: str) -> None:
    @asynccontextmanager
    async def service() -> AsyncIterator[None]:
        yield

    server = Server(ServerConfig(scheme, HttpLimits(trusted_proxies=[ip_network(trusted)]), 1))
    with bound_socket("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server.serve_within(service(), listener))
        await until(lambda: server.started)
        async with httpx.AsyncClient() as client:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            answer = await client.get(url, headers={"X-Forwarded-Proto": "https"})
        server.stop()
        await serving
    assert answer.text == expected
