"""Access to the connection behind an ASGI scope: its socket options, its peer and a way to abort it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from turnout_gateway.transport.socket_options import set_options
from turnout_gateway.transport.uvicorn_protocols import transport_of


def prepare_abort(scope: Mapping[str, Any]) -> Callable[[], object]:
    """Sets the socket options of the connection; returns a function that aborts it at once.

    Without access to the transport, that function cancels the task of the request.
    """
    transport = transport_of(scope)
    if transport is not None:
        set_options(transport)
        return transport.abort
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - an ASGI app runs in a task
    return task.cancel


def address_of(client: Any) -> str:
    """The peer's address; empty on a Unix socket. ``client`` is that of a Starlette connection."""
    return client.host if client else ""
