"""The HTTP interfaces are known without a server."""

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


def test_the_product_serves_what_both_services_serve() -> None:
    command = create_command_app(CommandService(CommandSettings(valkey=NOWHERE)))
    gateway = create_gateway_app(GatewayService(GatewaySettings(valkey=NOWHERE)).gateway)
    product = create_product_app(Product(NOWHERE), None)
    assert "/api/events" in api_paths(command)
    assert "/api/live" in api_paths(gateway)
    assert api_paths(product) == api_paths(command) | api_paths(gateway)
