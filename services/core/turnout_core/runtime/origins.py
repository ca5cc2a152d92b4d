"""Web origins (RFC 6454): scheme, host and port of a page."""

from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

ANY: Final = "*"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_AS_HTTP: Final = {"ws": "http", "wss": "https"}


class Origin(NamedTuple):
    """An origin. ``port`` is never absent, so ``https://here`` equals ``https://here:443``."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The origin that ``text`` names; None if it is no origin, such as ``null``, or a page's whole address."""
        if not text.isascii() or " " in text:  # browsers send the ASCII form of a name (RFC 6454 section 6.2)
            return None
        try:
            split = urlsplit(text)
            port = split.port
        except ValueError:
            return None
        scheme = _AS_HTTP.get(split.scheme.lower(), split.scheme.lower())
        has_more = "@" in split.netloc or split.path.strip("/") or split.query or split.fragment
        if scheme not in _DEFAULT_PORTS or not split.hostname or has_more:
            return None
        return cls(scheme, split.hostname, port or _DEFAULT_PORTS[scheme])

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"
