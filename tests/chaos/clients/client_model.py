"""The views of a live client, built from its messages: docs/protocol.md ("The live link")."""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from chaos.checker.oracle import PRESENCE, digest


class _Message(msgspec.Struct):
    type: str
    view: str | None = None
    at: str | None = None
    order: str | None = None
    items: list[msgspec.Raw] = []
    upsert: list[msgspec.Raw] = []
    remove: list[str] = []
    code: str | None = None
    beat_ms: int | None = None


class _Item(msgspec.Struct):
    key: str
    rank: int


_message: Final = msgspec.json.Decoder(_Message)
_item: Final = msgspec.json.Decoder(_Item)


@dataclass
class ViewModel:
    """One view. ``at`` is the position of its last message."""

    at: str
    order: str
    items: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def set_items(self, items: list[msgspec.Raw]) -> None:
        for raw in items:
            item = _item.decode(raw)
            self.items[item.key] = (item.rank, bytes(raw))

    def digest(self) -> str:
        keys = sorted(self.items, key=lambda key: (self.items[key][0], key), reverse=self.order == "descending")
        return digest(self.order, (self.items[key][1] for key in keys if key != PRESENCE))


@dataclass
class ClientModel:
    """The state of a live client.

    Attributes:
        views: by address.
        beat_ms: heartbeat interval of the last ``hello``.
    """

    views: dict[str, ViewModel] = field(default_factory=dict)
    beat_ms: int = 10_000

    def apply(self, payload: bytes | str) -> tuple[str, str, str]:
        """Applies one message. Returns its type, its view, and its position or error code.

        Raises KeyError for a patch of an unknown view.
        """
        message = _message.decode(payload)
        view = message.view or ""
        match message.type:
            case "hello":
                self.beat_ms = message.beat_ms or self.beat_ms
            case "snapshot":
                self.views[view] = ViewModel(message.at or "", message.order or "")
                self.views[view].set_items(message.items)
            case "patch":
                view_model = self.views[view]
                for key in message.remove:
                    view_model.items.pop(key, None)
                view_model.set_items(message.upsert)
                view_model.at = message.at or ""
            case "fail":
                self.views.pop(view, None)
        return message.type, view, message.code or message.at or ""
