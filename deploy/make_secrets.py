"""Writes the secrets of every service of the deployment: given ones from files, random ones otherwise.

It runs once at each start, before all services, and keeps existing secrets. Each service sees only its own folder.
``/given`` may hold ``session`` (signs the cookies) and the password of each user in ``USERS`` and ``SERVERS``. It may
also hold secrets that others made: ``smtp`` (the password at the mail server), ``oidc`` (the secret at the provider of
sign-ins), ``webhooks`` (the addresses and secrets of the operator's webhooks).

``/templates`` has a folder for each service that needs passwords of users. In its files ``#{user}`` becomes the SHA-256
of a password, as Valkey's ACL has it, and ``{password:user}`` the password. Its ``*.acl`` become one ``users.acl``.
``TURNOUT_VALKEY_URL`` is the address of Valkey, with ``{login}`` for the user and password of each service.
"""

import hashlib
import os
import re
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

GIVEN = Path("/given")
SECRETS = Path("/secrets")
TEMPLATES = Path("/templates")
ONE_SERVER = "redis://{login}@valkey:6379"
PASSWORD_LENGTH_MIN = 16  # a short, hand-made password is worse than a generated one
SESSION_LENGTH_MIN = 22  # 128 bits in base64; the services refuse less
FOREIGN = {
    "smtp": ("command", "notifier"),
    "oidc": ("command",),
    "webhooks": ("notifier",),
}  # secrets that others made -> services
USERS = {
    "writer": "command/password",
    "reader": "gateway/password",
    "notifier": "notifier/password",
    "operator": "operator/password",
}  # Valkey user of a service -> file of its password
SERVERS = {
    "replication": "valkey/replication",
    "sentinel": "sentinel/sentinel",
    "discovery": "sentinel/discovery",
    "cluster": "cluster/password",
}  # users of a Valkey with replicas, the same: replicas, Sentinels, services at Sentinels, who forms a Cluster


def main() -> None:
    session = _secret("session", SECRETS / "command" / "session", SESSION_LENGTH_MIN)
    for service in ("command", "gateway", "notifier"):
        _write(SECRETS / service / "session", session)
    for name, services in FOREIGN.items():
        for service in services:
            _pass_on(name, SECRETS / service / name)
    url = os.environ.get("TURNOUT_VALKEY_URL") or ONE_SERVER
    for user, file in USERS.items():
        login = f"{user}:{quote(_password(user), safe='')}"
        found = _fill_in(url.replace("{login}", login), lambda password: quote(password, safe=""))
        _write((SECRETS / file).with_name("valkey"), found)
    for folder in sorted(each for each in TEMPLATES.iterdir() if each.is_dir()):
        _write_templates(folder, SECRETS / folder.name)


def _write_templates(folder: Path, target: Path) -> None:
    users = []
    for template in sorted(folder.iterdir()):
        text = _fill_in(template.read_text(), _in_configuration)
        if template.suffix == ".acl":
            users += [line for line in text.splitlines() if line.startswith("user ")]  # an ACL file has no comments
        else:
            _write(target / template.name, text.strip())
    _write(target / "users.acl", "\n".join(users))


def _fill_in(text: str, spell: Callable[[str], str]) -> str:
    """``text`` with the passwords that it names, as ``spell`` writes them there, and their digests."""
    text = re.sub(r"#\{(\w+)\}", lambda found: f"#{hashlib.sha256(_password(found[1]).encode()).hexdigest()}", text)
    return re.sub(r"\{password:(\w+)\}", lambda found: spell(_password(found[1])), text)


def _in_configuration(password: str) -> str:
    escaped = password.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _password(user: str) -> str:
    """The password of a user; a new one is stored."""
    file = SECRETS / (USERS | SERVERS)[user]
    password = _secret(user, file)
    _write(file, password)
    return password


def _secret(name: str, existing: Path, length_min: int = PASSWORD_LENGTH_MIN) -> str:
    """Returns the given secret, else the existing one, else a new one."""
    given = GIVEN / name
    for each in (given, existing):
        if each.exists():
            secret = each.read_text().strip()
            if len(secret) < length_min:
                sys.exit(f"secrets: {each} holds fewer than {length_min} characters")
            return secret
    return secrets.token_urlsafe(32)


def _pass_on(name: str, target: Path) -> None:
    """Copies the given secret as it is; without one, the former copy goes."""
    given = GIVEN / name
    if given.exists():
        _write(target, given.read_text().strip())
    else:
        target.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    """Replaces the file atomically, so that no reader sees a part of it."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text + "\n")
    unfinished.chmod(0o440)
    unfinished.replace(path)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"secrets: {error.filename} cannot be used: {error.strerror}")
