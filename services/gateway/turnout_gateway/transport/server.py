"""uvicorn, set up for live links: our protocol class, and a drain before the port closes."""

import socket
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import uvicorn

from turnout_gateway.transport.upgrade import Wire
from turnout_gateway.transport.uvicorn_protocols import OrdinaryHttp

# Of a message on a socket that is not the live link's, which has its own limit: uvicorn would take 16 MiB.
_MESSAGE_MAX_BYTES: Final = 64 * 1024


class Server(uvicorn.Server):
    """Sends the live links elsewhere first, while the port is still open and ``/readyz`` already says no."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain

    def stop(self) -> None:
        self.should_exit = True

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override] # what it is at run time
        """``turnout_core.runtime.shutdown`` takes them: uvicorn would raise them again before all is done."""
        return nullcontext()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._drain(self.lifespan.state)
        await super().shutdown(sockets)


async def drain_gateway(state: dict[str, Any]) -> None:
    """Drains the gateway that the lifespan keeps."""
    gateway = state.get("gateway")
    if gateway is not None:
        await gateway.drain()


def configuration(app: Any, host: str, port: int, **further: Any) -> uvicorn.Config:
    """The settings of uvicorn for an app that serves live links."""
    return uvicorn.Config(
        app, host=host, port=port, ws=Wire, loop="uvloop", http=OrdinaryHttp, lifespan="on", backlog=4096,
        ws_max_size=_MESSAGE_MAX_BYTES, ws_per_message_deflate=False, access_log=False, server_header=False,
        timeout_graceful_shutdown=5, **further,
    )  # fmt: skip
