"""The address of an SMTP server, as a setting names it."""

from ipaddress import ip_address
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

Tls = Literal["starttls", "implicit", "none"]

# Submission (RFC 6409), submission over TLS (RFC 8314), and plain SMTP.
_PORTS: Final[dict[Tls, int]] = {"starttls": 587, "implicit": 465, "none": 25}
_SCHEMES: Final[dict[str, Tls]] = {"smtp+starttls": "starttls", "smtps": "implicit", "smtp+plain": "none"}


class SmtpServer(NamedTuple):
    """The server of a URL such as ``smtp://user@mail.example:587``. ``tls`` is how the connection is encrypted."""

    host: str
    port: int
    tls: Tls
    user: str | None

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """The server that ``url`` names.

        ``smtp://`` demands STARTTLS except on this machine, ``smtp+starttls://`` demands it everywhere, ``smtps://`` is
        TLS from the first byte, ``smtp+plain://`` is never encrypted. Raises ValueError.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("must be a URL such as smtp://user@mail.example:587") from None
        tls = _SCHEMES.get(parts.scheme)
        if parts.scheme == "smtp" and parts.hostname:
            tls = "none" if _is_loopback(parts.hostname) else "starttls"
        if tls is None or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError(
                "must be a URL such as smtp://user@mail.example:587, smtps://user@mail.example, smtp+starttls://… or "
                "smtp+plain://…"
            )
        if parts.password is not None:
            raise ValueError("must have no password, since others can read the environment: set the file of it instead")
        if parts.scheme == "smtp+plain" and parts.username and not _is_loopback(parts.hostname):
            raise ValueError("must be encrypted if it has a user: smtp+plain:// would send the password readable")
        return cls(parts.hostname, port or _PORTS[tls], tls, unquote(parts.username) if parts.username else None)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
