"""The server of an app with live links: our protocol classes, and a drain before the port closes."""

from functools import partial
from typing import Any, Final, cast

from turnout_core.web.http_connection import HttpLimits
from turnout_core.web.server import Server, server_config
from turnout_gateway.gateway import Gateway
from turnout_gateway.settings import Settings
from turnout_gateway.transport.upgrade import WebSocketUpgrade
from turnout_gateway.transport.uvicorn_protocols import HttpProtocol
from turnout_gateway.transport.websocket import HubEvents

_GRACE_S: Final = 5  # for requests in flight; live links are drained before
_STALL_S: Final = 30.0  # of a response that is not read; the hub disconnects live clients sooner
_BACKLOG: Final = 4096  # clients that reconnect all at once
# Of a message on a socket that is not the live link's, which has its own limit: uvicorn would take 16 MiB.
_MESSAGE_MAX_BYTES: Final = 64 * 1024


def gateway_server(app: Any, gateway: Gateway, settings: Settings, **further: Any) -> Server:
    """A server of ``app`` and of the live links of ``gateway``. Drains ``gateway`` before it closes its port.

    ``further`` are arguments of ``Server``.
    """
    config = server_config(
        app,
        HttpLimits(trusted_proxies=settings.trusted_proxies, stall_s=max(_STALL_S, 2 * settings.stall_s)),
        _GRACE_S,
        HttpProtocol,
        ws=cast(Any, partial(WebSocketUpgrade, gateway, HubEvents(gateway.hub, gateway.admission))),
        backlog=_BACKLOG,
        ws_max_size=_MESSAGE_MAX_BYTES,
        ws_per_message_deflate=False,
    )
    return Server(config, before_close=gateway.drain, **further)
