"""Addresses of push services that are accepted, and those that could lead into a private network."""

import pytest

from turnout_core.domain.push_endpoints import check_endpoint

PUBLIC = [
    "https://fcm.googleapis.com/fcm/send/abc:APA91b",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
    "https://web.push.apple.com/QGuQ",
    "https://push.example:8443/x",
    "https://93.184.216.34/x",
    "https://[2606:2800:220:1::1]/x",
]
PRIVATE = [
    "https://localhost/x", "https://LOCALHOST./x", "https://push.localhost/x", "https://valkey/x", "https://nas.local/x",
    "https://a.internal/x", "https://127.0.0.1/x", "https://10.1.2.3/x", "https://192.168.0.1/x", "https://172.16.0.1/x",
    "https://169.254.169.254/latest", "https://100.64.0.1/x", "https://0.0.0.0/x", "https://[::1]/x", "https://[::]/x",
    "https://[fe80::1%25eth0]/x", "https://[fd00::1]/x", "https://[::ffff:127.0.0.1]/x", "https://224.0.0.1/x",
    "https://127.1/x", "https://2130706433/x", "https://0x7f.1/x", "https://0x7f000001/x", "https://a.0x7f/x",
]  # fmt: skip
WRONG = [
    "", "x", "//push.example/x", "ftp://push.example/x", "javascript:alert(1)", "https:///x", "https://:443/x",
    "https://push.example:0/x", "https://push.example:99999/x", "https://[::1/x", "https://push.example/ x",
    "https://push.example\\@evil.example/x", "https://push.example/\r\nx", "https://püsh.example/x",
    "https://user@push.example/x", "https://user:password@push.example/x",
]  # fmt: skip


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_a_public_https_address_is_accepted(endpoint: str) -> None:
    check_endpoint(endpoint)


@pytest.mark.parametrize("endpoint", [*PRIVATE, "http://push.example/x", "http://localhost:9000/x"])
def test_a_private_or_plain_address_is_refused_unless_allowed(endpoint: str) -> None:
    with pytest.raises(ValueError, match="must"):
        check_endpoint(endpoint)
    check_endpoint(endpoint, allows_private=True)


@pytest.mark.parametrize("endpoint", WRONG)
@pytest.mark.parametrize("allows_private", [False, True])
def test_other_text_is_refused_in_any_case(endpoint: str, *, allows_private: bool) -> None:
    with pytest.raises(ValueError, match="must"):
        check_endpoint(endpoint, allows_private=allows_private)
