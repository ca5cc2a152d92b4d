"""URLs of a Valkey: of one server, of one that Sentinels know, or of a Cluster."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator
from redis.asyncio.connection import parse_url

_PORTS: Final = {"sentinel": 26379, "cluster": 6379}
_SENTINEL_OPTIONS: Final = {"sentinel_username": "username", "sentinel_password": "password"}

Topology = Literal["server", "sentinel", "cluster"]


@dataclass(frozen=True, slots=True)
class ValkeyAddress:
    """A parsed URL.

    Attributes:
        topology: what the URL names: one server, Sentinels or nodes of a Cluster.
        seeds: host and port of the Sentinels, or of nodes; empty for one server.
        service: name by which the Sentinels know the primary.
        options: of redis-py's connections to the server, such as user and password.
        sentinel_options: of those to the Sentinels.
        is_encrypted: True if all connections use TLS.
    """

    topology: Topology
    seeds: tuple[tuple[str, int], ...] = ()
    service: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    sentinel_options: dict[str, Any] = field(default_factory=dict)
    is_encrypted: bool = False


def parse_valkey_url(url: str) -> ValkeyAddress:
    """Parses the URL of a Valkey.

    ``redis://``, ``rediss://`` (TLS) and ``unix://`` are those of redis-py. ``redis+sentinel://user:password@host:port,
    host:port/name`` names Sentinels and the primary's name there; the user is the server's, and ``?sentinel_username=``
    and ``sentinel_password=`` are for the Sentinels. ``redis+cluster://user:password@host:port,host:port`` names nodes
    of a Cluster. ``rediss+…`` uses TLS everywhere. Further options of redis-py follow the question mark.

    Raises ValueError without the URL, which may contain a password.
    """
    try:
        scheme, plus, topology = urlsplit(url).scheme.partition("+")
        if not plus:
            return ValkeyAddress("server", options=dict(parse_url(url)), is_encrypted=scheme == "rediss")
        if topology in _PORTS:
            return _parse_seeds(url, scheme, cast("Topology", topology))
    except ValueError:
        pass
    raise ValueError(
        "must be the URL of a Valkey, such as redis://host:6379, unix:///path, "
        "redis+sentinel://host:26379,host:26379/name "
        "or redis+cluster://host:6379,host:6379"
    ) from None


def _parse_seeds(url: str, scheme: str, topology: Topology) -> ValkeyAddress:
    parts = urlsplit(url)
    user, _, hosts = parts.netloc.rpartition("@")
    seeds = tuple(_host_and_port(host, _PORTS[topology]) for host in hosts.split(","))
    service = parts.path.strip("/")
    if bool(service) != (topology == "sentinel"):
        raise ValueError
    options: dict[str, Any] = dict(
        parse_url(f"{scheme}://{user}{'@' if user else ''}{hosts.split(',')[0]}?{parts.query}")
    )
    for each in ("host", "port", "connection_class"):
        options.pop(each, None)
    sentinel = {theirs: options.pop(ours) for ours, theirs in _SENTINEL_OPTIONS.items() if ours in options}
    sentinel |= {name: value for name, value in options.items() if name.startswith("ssl_")}
    return ValkeyAddress(topology, seeds, service, options, sentinel, is_encrypted=scheme == "rediss")


def _host_and_port(text: str, default_port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError
    return parts.hostname, parts.port or default_port


def valkey_url(url: str) -> str:
    """Returns ``url`` if it is valid. Raises ValueError without the URL, which may contain a password."""
    parse_valkey_url(url)
    return url


ValkeyUrl = Annotated[str, AfterValidator(valkey_url)]
