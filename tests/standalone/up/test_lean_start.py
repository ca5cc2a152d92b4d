"""A start loads only the libraries of what is switched on. The others take 35 MB and half a second."""

import re
from pathlib import Path

from turnout_process import running_turnout

NOT_NEEDED = {
    "aiosmtplib",  # mail
    "authlib",  # an OpenID Connect provider
    "cryptography",  # keys of push and passkeys
    "http_ece",  # push
    "httpx",  # `turnout seed` and `turnout import`, push, webhooks
    "icalendar",  # calendar files
    "jinja2",  # mail
    "joserfc",
    "rich",  # progress on a terminal
    "ua_parser",  # the first sign-in
    "valkey",  # a client that the package of the embedded server brings along
    "webauthn",  # passkeys
}
# `cryptography` itself is a name only, which redis imports to see whether it is there.
_NAMES_ONLY = {"cryptography", "cryptography.__about__", "cryptography.utils"}


def test_a_start_loads_no_library_of_what_is_off(tmp_path: Path) -> None:
    with running_turnout(tmp_path / "data", env={"PYTHONPROFILEIMPORTTIME": "1"}) as turnout:
        lines = turnout.log.read_text()
    loaded = set(re.findall(r"^import time: +\d+ \| +\d+ \| +([\w.]+)$", lines, re.MULTILINE))
    assert "turnout_notifier.app" in loaded
    assert {each for each in loaded - _NAMES_ONLY if each.partition(".")[0] in NOT_NEEDED} == set()
