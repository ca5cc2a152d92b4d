"""The frame codec against the cases of the Autobahn test suite, which kosoku runs without Docker."""

import asyncio
import json
import socket
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from prometheus_client import CollectorRegistry
from waiting import until

from turnout_core.web.connection_budget import ConnectionBudget
from turnout_core.web.server import ServerConfig
from turnout_gateway.live.admission import Peer
from turnout_gateway.settings import Settings
from turnout_gateway.transport.server import gateway_server
from turnout_gateway.transport.upgrade import LiveUpgrade
from turnout_gateway.transport.uvicorn_protocols import HttpProtocol
from turnout_gateway.transport.websocket import WebSocketConnection
from turnout_gateway.views.view_kind import Viewer
from turnout_gateway.wire.frames_in import Message

# 6.4.3 and 6.4.4 send bad UTF-8 within one frame, byte by byte: the codec reads complete frames, so it fails at the end
# of the frame, not at the byte. 7.1.6, 7.13.1 and 7.13.2 have no wrong answer. 12 and 13 test compression, which is off
# because clients share frames.
EXPECTED = {
    "6.4.3": "NON-STRICT",
    "6.4.4": "NON-STRICT",
    "7.1.6": "INFORMATIONAL",
    "7.13.1": "INFORMATIONAL",
    "7.13.2": "INFORMATIONAL",
}
COMPRESSION = ("12.*", "13.*")
MESSAGE_MAX_BYTES = 64 * 1024 * 1024


class EchoEvents:
    """Sends every message back, as the suite requires. Satisfies ``ConnectionEvents``."""

    def on_message(self, connection: WebSocketConnection, message: Message) -> None:
        connection.send(message.data, text=message.is_text)

    def count_frame(self, connection: WebSocketConnection) -> bool:  # noqa: ARG002 - the signature is the port's
        return True

    def on_congested(self, connection: WebSocketConnection) -> None:
        """Ignored."""

    def on_drained(self, connection: WebSocketConnection) -> None:
        """Ignored."""

    def on_lost(self, connection: WebSocketConnection) -> None:
        """Ignored."""


class EchoGateway:
    """The part of a gateway that a handshake uses."""

    hub = admission = None
    budget = ConnectionBudget(1 << 20)
    metrics = SimpleNamespace(registry=CollectorRegistry())

    def accepts_connections(self) -> bool:
        return True

    async def drain(self) -> None:
        """The suite closes its own links."""

    def identify_peer(self, address: str, headers: Mapping[str, str]) -> Peer:
        return Peer(Viewer(), address, headers)


class EchoUpgrade(LiveUpgrade):
    def _admit(self, transport: asyncio.Transport, peer: Peer) -> WebSocketConnection:  # noqa: ARG002 - admits all
        return WebSocketConnection(transport, EchoEvents(), MESSAGE_MAX_BYTES)


async def app(_: Any, __: Any, ___: Any) -> None:
    """Serves nothing: the suite only opens WebSockets."""


def reports(folder: Path) -> list[dict[str, str]]:
    return [json.loads(report.read_text()) for report in folder.glob("*_case_*.json")]


async def test_the_server_passes_every_case_of_the_suite(tmp_path: Path) -> None:
    gateway: Any = EchoGateway()
    server = gateway_server(app, gateway, Settings())
    upgrade = EchoUpgrade(gateway, EchoEvents())
    server.config.http = cast(Any, partial(HttpProtocol, upgrade, cast(ServerConfig, server.config).connections))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server._serve([listener]))
        await until(lambda: server.started)
        excluded = [word for case in COMPRESSION for word in ("--exclude", case)]
        suite = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("kosoku"), "--parallelism", "4", "--outdir", tmp_path, *excluded,
            f"ws://127.0.0.1:{listener.getsockname()[1]}/api/live", stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await asyncio.wait_for(suite.wait(), 90)
        finally:
            server.should_exit = True
            await serving
    results = reports(tmp_path)
    assert len(results) > 300
    assert {each["id"]: each["behavior"] for each in results if each["behavior"] != "OK"} == EXPECTED
    assert {each["behaviorClose"] for each in results} <= {"OK", "INFORMATIONAL"}
