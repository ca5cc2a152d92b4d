"""HTML whose texts are escaped wherever they stand."""

from collections.abc import Iterable
from html import escape
from typing import Any, Final

import msgspec

# HTML, section 13.1.2: they have no end tag.
_VOID: Final = frozenset({"meta", "link"})


class Markup(str):
    """A text that is HTML already. Every other text is escaped."""

    __slots__ = ()


EMPTY: Final = Markup()


def element(name: str, /, *children: str, **attributes: str | None) -> Markup:
    """An element. Attributes that are None are absent; ``class_`` is ``class``, and ``data_x`` is ``data-x``."""
    head = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{head}>")
    return Markup(f"<{name}{head}>{join(children)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """The parts one after the other."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part, quote=False) for part in parts))


def data_block(json: bytes, **attributes: str) -> bytes:
    """JSON in a script element that browsers do not run (HTML, section 4.12.1, "data block").

    Such a text ends at ``</script``, and ``<!--`` changes how it is read, so no ``<`` stays. JSON has it in strings.
    """
    head = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return b"<script%b>%b</script>" % (head.encode(), json.replace(b"<", b"\\u003c"))


def encode_json(value: Any) -> bytes:
    """The value as JSON."""
    return msgspec.json.encode(value)
