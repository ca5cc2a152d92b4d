"""The connection behind an ASGI scope: dead peers are found, and it can be aborted."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from turnout_gateway.transport.socket_options import set_options
from turnout_gateway.transport.uvicorn_protocols import transport_of


def prepare_abort(scope: Mapping[str, Any]) -> Callable[[], object]:
    """Sets the options of the connection; returns the function that ends it at once, whatever waits for it."""
    transport = transport_of(scope)
    if transport is not None:
        set_options(transport)
        return transport.abort
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a request is served by one
    return task.cancel


def address_of(client: Any) -> str:
    """The peer's address; empty on a Unix socket. ``client`` is that of a Starlette connection."""
    return client.host if client else ""
