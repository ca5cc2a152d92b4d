"""All apps can be made without a server: their OpenAPI documents are complete, and their metrics private."""

import json
import re
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from turnout.up.app import Product
from turnout.up.app import create_app as create_product_app
from turnout_command.app import CommandService
from turnout_command.app import create_app as create_command_app
from turnout_command.settings import Settings as CommandSettings
from turnout_gateway.app import GatewayService
from turnout_gateway.app import create_app as create_gateway_app
from turnout_gateway.settings import Settings as GatewaySettings

NOWHERE = "unix:///nowhere"


def api_paths(app: FastAPI) -> set[str]:
    return {path for path in app.openapi()["paths"] if path.startswith("/api/")}


def command_app() -> FastAPI:
    return create_command_app(CommandService(CommandSettings(valkey=NOWHERE)))


def gateway_app() -> FastAPI:
    settings = GatewaySettings(valkey=NOWHERE)
    return create_gateway_app(GatewayService(settings).gateway, settings)


def product_app() -> FastAPI:
    return create_product_app(Product(NOWHERE), None)


def test_the_openapi_document_is_made_once() -> None:
    app = product_app()
    schemas = app.openapi()["components"]["schemas"]
    first = dict(schemas)
    assert all(schema is first[name] for name, schema in app.openapi()["components"]["schemas"].items())


def test_the_product_serves_what_both_services_serve() -> None:
    command, gateway, product = command_app(), gateway_app(), product_app()
    assert "/api/events" in api_paths(command)
    assert "/api/live" in api_paths(gateway)
    assert api_paths(product) == api_paths(command) | api_paths(gateway)


def test_the_edge_sends_every_read_to_the_gateways() -> None:
    caddyfile = (Path(__file__).parents[3] / "deploy" / "caddy" / "Caddyfile").read_text()
    read_paths = [line.split() for line in re.findall(r"^\s*path (/api/events .*)$", caddyfile, re.MULTILINE)]
    assert len(read_paths) == 2  # of requests, and of requests that no gateway answered
    reads = {path for path, methods in gateway_app().openapi()["paths"].items() if path.startswith("/api/")}
    for patterns in read_paths:
        assert {path for path in reads if not any(fnmatch(path, each) for each in patterns)} == set()


@pytest.mark.parametrize("create", [command_app, gateway_app, product_app])
async def test_only_the_machine_itself_reads_the_metrics(
    create: Callable[[], FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def statuses() -> list[int]:
        found = []
        for address in ("127.0.0.1", "192.0.2.1"):
            transport = httpx.ASGITransport(create(), client=(address, 1234))
            async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
                found.append((await client.get("/metrics")).status_code)
        return found

    assert await statuses() == [200, 403]
    monkeypatch.setenv("TURNOUT_METRICS", "everyone")
    assert await statuses() == [200, 200]


@pytest.mark.parametrize("create", [command_app, gateway_app, product_app])
def test_every_response_in_the_openapi_document_has_a_schema(create: Callable[[], FastAPI]) -> None:
    document = create().openapi()
    schemas = document["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document))) <= schemas.keys()
    for path, methods in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                for kind, content in response.get("content", {}).items():
                    assert content["schema"], (method, path, status, kind)
