"""URLs of one server, of Sentinels and of a Cluster."""

import pytest

from turnout_core.runtime.valkey_url import parse_valkey_url, valkey_url

SENTINELS = (("one", 26379), ("two", 5000))


def test_one_server_has_no_seeds() -> None:
    address = parse_valkey_url("redis://user:pass@host:7000/0")
    assert (address.topology, address.seeds) == ("server", ())
    assert (address.options["host"], address.options["port"]) == ("host", 7000)
    assert not address.is_encrypted


def test_sentinels_have_the_name_of_the_primary() -> None:
    address = parse_valkey_url("redis+sentinel://user:p%40ss@one,two:5000/turnout?sentinel_password=watch")
    assert (address.topology, address.seeds, address.service) == ("sentinel", SENTINELS, "turnout")
    assert address.options == {"username": "user", "password": "p@ss"}
    assert address.sentinel_options == {"password": "watch"}


def test_nodes_of_a_cluster_have_a_default_port() -> None:
    address = parse_valkey_url("redis+cluster://:secret@one:7000,[::1],three:7001")
    assert (address.topology, address.service) == ("cluster", "")
    assert address.seeds == (("one", 7000), ("::1", 6379), ("three", 7001))
    assert address.options == {"password": "secret"}


def test_tls_is_for_the_sentinels_too() -> None:
    address = parse_valkey_url("rediss+sentinel://one/turnout?ssl_ca_certs=/ca.pem")
    assert address.is_encrypted
    assert address.options == {"ssl_ca_certs": "/ca.pem"}
    assert address.sentinel_options == {"ssl_ca_certs": "/ca.pem"}


@pytest.mark.parametrize(
    "url",
    [
        "http://host",
        "redis+sentinel://host",
        "redis+sentinel:///turnout",
        "redis+cluster://host/turnout",
        "redis+other://host",
        "redis+sentinel://host:port/turnout",
        "redis+cluster://one,,two",
    ],
)
def test_another_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="must be the URL of a Valkey") as error:
        valkey_url(url.replace("://", "://user:secret@"))
    assert "secret" not in str(error.value)
