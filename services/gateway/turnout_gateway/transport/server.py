"""The server of an app with live links: uses our protocol classes, and drains before the port closes."""

from functools import partial
from typing import Any, Final

from turnout_core.web.connection_metrics import ConnectionMetrics
from turnout_core.web.http_limits import HttpLimits
from turnout_core.web.server import Server, ServerConfig
from turnout_gateway.gateway import Gateway
from turnout_gateway.settings import Settings
from turnout_gateway.transport.upgrade import LiveUpgrade
from turnout_gateway.transport.uvicorn_protocols import AsgiWebSocketProtocol, HttpProtocol
from turnout_gateway.transport.websocket import HubEvents

_GRACE_S: Final = 5  # for requests in flight, after the live links have been drained
_STALL_S: Final = 30.0  # of a response that the client does not read; the hub disconnects live clients sooner
_BACKLOG: Final = 4096  # for many clients that reconnect at the same time
# For WebSockets on other paths than the live link, which has its own limit. uvicorn's default is 16 MiB.
_MESSAGE_MAX_BYTES: Final = 64 * 1024


def gateway_server(app: Any, gateway: Gateway, settings: Settings, **server_options: Any) -> Server:
    """Makes a server of ``app`` and of the live links of ``gateway``. It drains ``gateway`` before it closes its port.

    ``server_options`` are arguments of ``Server``.
    """
    limits = HttpLimits(trusted_proxies=settings.trusted_proxies, stall_s=max(_STALL_S, 2 * settings.stall_s))
    config = ServerConfig(
        app,
        limits.within(gateway.budget),
        _GRACE_S,
        partial(HttpProtocol, LiveUpgrade(gateway, HubEvents(gateway.hub, gateway.admission))),
        ws=AsgiWebSocketProtocol,
        backlog=_BACKLOG,
        ws_max_size=_MESSAGE_MAX_BYTES,
        ws_per_message_deflate=False,
    )
    gateway.metrics.registry.register(ConnectionMetrics(config.connections))
    return Server(config, before_close=gateway.drain, **server_options)
