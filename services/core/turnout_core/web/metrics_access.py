"""The readers of ``/metrics``: by default only the machine itself."""

from ipaddress import IPv6Address, ip_address
from typing import Literal

from fastapi import Request

from turnout_core.domain.rejections import Invalid

MetricsReaders = Literal["local", "everyone"]


class MetricsArePrivate(Invalid):
    """A client of another machine asked for the metrics."""

    status, title = 403, "The metrics are private."


def check_metrics_access(request: Request, readers: MetricsReaders) -> None:
    """Refuses a client that does not belong to ``readers``. Raises MetricsArePrivate.

    The server has put the address that trusted proxies forward in place of their own. Where they trust each other, the
    first of many hops counts, which a client may have made up; so a single hop of another machine is enough to refuse.
    """
    lines = request.headers.getlist("x-forwarded-for")  # HAProxy adds a line of its own to that of the client
    hops = [hop.strip() for line in lines for hop in line.split(",") if hop.strip()]
    client = request.client.host if request.client else ""
    if readers == "local" and not all(map(_is_loopback, (client, *hops))):
        raise MetricsArePrivate(
            f"The metrics are for this machine itself, and you come from {client}. To let everyone read them who "
            "reaches this port, set TURNOUT_METRICS=everyone (docs/operations.md)."
        )


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
