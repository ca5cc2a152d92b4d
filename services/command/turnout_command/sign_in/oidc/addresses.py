"""Checks the addresses of a provider."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_secure(address: str) -> bool:
    """True if requests to ``address`` cannot be read on the way: it is https, or on this machine."""
    try:
        split = urlsplit(address)
        host = split.hostname
    except ValueError:
        return False
    if not host or split.username is not None or split.fragment:
        return False
    return split.scheme == "https" or (split.scheme == "http" and _is_loopback(host))


def is_issuer(address: str) -> bool:
    """True if ``address`` can be an issuer: a secure one without a query (OpenID Connect Discovery 1.0, section 3)."""
    return is_secure(address) and "?" not in address and "#" not in address


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
