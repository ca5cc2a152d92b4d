"""The OpenAPI documents of all apps can be made without a server, and are complete."""

import json
import re
from collections.abc import Callable

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
    return create_gateway_app(GatewayService(GatewaySettings(valkey=NOWHERE)).gateway)


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
