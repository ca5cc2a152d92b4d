"""Addresses of clients."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_IPV6_PREFIX_BITS: Final = 64  # one customer holds a whole network of this size (RFC 6177)


def group_ipv6(address: str) -> str:
    """The address, or the /64 network of an IPv6 address; anything else as it is."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, _IPV6_PREFIX_BITS), strict=False))
    return str(found)
