"""A client whose sink is pulled: an event stream, or a WebSocket on an ordinary ASGI server."""

from turnout_core.model import User
from turnout_gateway.gateway import Gateway
from turnout_gateway.sink import PulledSink


class PulledClient:
    """From its first frame to its last; ``leave`` when the connection is gone. Entering raises Unavailable."""

    def __init__(self, gateway: Gateway, user: User | None, place: str) -> None:
        self.sink = PulledSink()
        self._gateway = gateway
        self._client = gateway.enter(self.sink, user, place)
        self.sink.listener = self
        self.stuck()  # hello waits

    def received(self, message: str | bytes) -> None:
        self._gateway.hub.received(self._client, message)

    def watch(self, asked: str, at: str | None) -> None:
        self._gateway.hub.watch(self._client, asked, at)

    def stuck(self) -> None:
        self._gateway.hub.stuck(self._client)

    def drained(self) -> None:
        self._gateway.hub.drained(self._client)

    def leave(self) -> None:
        self.sink.listener = None
        self._gateway.leave(self._client)
