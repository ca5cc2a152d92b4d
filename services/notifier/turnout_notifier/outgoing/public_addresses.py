"""Which addresses of the network are public. Pure.

The lists are those of IANA: "IPv4 Special-Purpose Address Registry", "IPv6 Special-Purpose Address Registry" and
"Internet Protocol Version 6 Address Space".
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_REFUSED_V4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "168.63.129.16/32",  # the host of a machine in Azure, whose services trust the machine
        ),
    )
)  # fmt: skip
_GLOBAL_V6: Final = IPv6Network("2000::/3")  # the only block of which addresses are given out
_REFUSED_V6: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_V4_MASK: Final = 2**32 - 1


def is_public(address: str) -> bool:
    """True if ``address``, an IP address as text, is that of a server on the public internet.

    An IPv6 address that stands for an IPv4 address (IPv4-mapped, NAT64) is judged as that. Those of tunnels (6to4,
    Teredo) are refused: no server of today has one.
    """
    try:
        parsed = ip_address(address)
    except ValueError:  # such as one with a zone of this machine, fe80::1%eth0
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_v4(parsed)
    if parsed.scope_id is not None:
        return False
    if parsed.ipv4_mapped is not None:
        return _is_public_v4(parsed.ipv4_mapped)
    if parsed in _NAT64:
        return _is_public_v4(IPv4Address(int(parsed) & _V4_MASK))
    return _is_public_v6(parsed)


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in _REFUSED_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)
