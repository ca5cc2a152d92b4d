"""What a link's conversation means to the gateway: the glue between ``Link`` and ``Hub``."""

from turnout_gateway.gateway import Gateway
from turnout_gateway.live.audience import Client
from turnout_gateway.transport.websocket import Link
from turnout_gateway.wire.frames_in import Message


class Talk:
    """Satisfies ``Conversation``; one for all links, since each link carries its client."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def received(self, link: Link, message: Message) -> None:
        self._gateway.hub.received(_client(link), message.data if message.text else b"")

    def counted(self, link: Link) -> bool:
        return self._gateway.hub.counted(_client(link))

    def stuck(self, link: Link) -> None:
        if link.tag is not None:
            self._gateway.hub.stuck(_client(link))

    def drained(self, link: Link) -> None:
        self._gateway.hub.drained(_client(link))

    def lost(self, link: Link) -> None:
        self._gateway.leave(_client(link))
        link.tag = None  # the client keeps its link: they would keep each other


def _client(link: Link) -> Client:
    assert isinstance(link.tag, Client)  # noqa: S101 - set right after the link was made
    return link.tag
