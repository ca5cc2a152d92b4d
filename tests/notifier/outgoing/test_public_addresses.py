"""Addresses that are not on the public internet are never public, however they are written."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_notifier.outgoing.public_addresses import is_public

# By hand from the registries of IANA, apart from those of the service.
PRIVATE = [
    ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "255.255.255.255/32", "::/128", "::1/128", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32",
        "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
METADATA = ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"]
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.255.255", "2606:4700:4700::1111", "2a00::1"]


@st.composite
def private_addresses(draw: st.DrawFn) -> IPv4Address | IPv6Address:
    network = draw(st.sampled_from(PRIVATE))
    return network[draw(st.integers(0, network.num_addresses - 1))]


def written(address: IPv4Address | IPv6Address) -> list[str]:
    """All ways to write the address: of an IPv4 address also those inside IPv6 addresses."""
    if isinstance(address, IPv6Address):
        return [str(address), address.exploded]
    number = int(address)
    inside = (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80, number)
    return [str(address), *(str(IPv6Address(each)) for each in inside)]


@given(private_addresses())
def test_no_private_address_is_public(address: IPv4Address | IPv6Address) -> None:
    assert [each for each in written(address) if is_public(each)] == []


@pytest.mark.parametrize("address", METADATA)
def test_the_addresses_of_metadata_of_clouds_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [*PUBLIC, "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"])
def test_servers_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_the_machine_of_python_agrees_about_ipv4(address: IPv4Address) -> None:
    """``ipaddress`` has lists of its own; the few differences are refused here."""
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)
    refused_here = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"))
    if address.is_global and not address.is_multicast and not any(address in each for each in refused_here):
        assert is_public(str(address))


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_public_ipv6_addresses_are_those_that_are_given_out(address: IPv6Address) -> None:
    given_out = address in IPv6Network("2000::/3") or address.ipv4_mapped or address in IPv6Network("64:ff9b::/96")
    assert not is_public(str(address)) or given_out


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.1", "0x7f000001", "2130706433", "fe80::1%eth0", "2a00::1%1", "1.1.1"]
)
def test_a_text_that_is_no_plain_address_is_not_public(text: str) -> None:
    assert not is_public(text)
