"""Which addresses of push services are accepted. Pure: no name is resolved; the sender checks what a name leads to."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_PRIVATE_NAMES: Final = ("localhost", "local", "internal", "lan", "home", "corp", "intranet", "private", "arpa")
"""Last labels of names that lead into a private network (RFC 6761, RFC 6762, RFC 8375, ICANN's ``internal``)."""


def check_endpoint(endpoint: str, *, allows_private: bool = False) -> None:
    """Raises ValueError, with the words for the client, unless the service may send to ``endpoint``.

    An endpoint is an https address of a public host (RFC 8030 section 8). ``allows_private`` accepts also http and
    hosts of private networks.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    is_plain = endpoint.isascii() and endpoint.isprintable() and not set(" \\") & set(endpoint)
    if not is_plain or parts.scheme not in ("https", "http") or not host or port == 0:
        raise ValueError("must be a web address (https://…)")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not have a user name or a password")
    if allows_private:
        return
    if parts.scheme != "https":
        raise ValueError("must begin with https://")
    if is_private(host):
        raise ValueError("must not lead into a private network")


def is_private(host: str) -> bool:
    """True for an address that is not of the public internet, and for a name that no public one can be."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        labels = host.rstrip(".").lower().split(".")
        # A last label that begins with a digit may be an IPv4 address in another spelling (WHATWG URL standard,
        # "ends in a number"); no top-level domain begins with one.
        return len(labels) == 1 or labels[-1] in _PRIVATE_NAMES or labels[-1][:1].isdigit()
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global or address.is_multicast
