"""Writes the secrets of every service of the deployment: given ones from files, random ones otherwise.

It runs once at each start, before all services, and keeps existing secrets. Each service sees only its own folder.
``/given`` may hold ``session`` (signs the cookies) and ``writer``, ``reader``, ``operator`` (passwords). It may also
hold secrets that others made: ``smtp`` (the password at the mail server), ``oidc`` (the secret at the provider of
sign-ins), ``webhooks`` (the addresses and secrets of the operator's webhooks).
"""

import hashlib
import secrets
import sys
from pathlib import Path
from urllib.parse import quote

GIVEN = Path("/given")
SECRETS = Path("/secrets")
TEMPLATE = Path("/deploy/users.acl")
PASSWORD_LENGTH_MIN = 16  # a short, hand-made password is worse than a generated one
SESSION_LENGTH_MIN = 22  # 128 bits in base64; the services refuse less
FOREIGN = {
    "smtp": ("command", "notifier"),
    "oidc": ("command",),
    "webhooks": ("notifier",),
}  # secrets that others made -> services
USERS = {
    "writer": "command",
    "reader": "gateway",
    "notifier": "notifier",
    "operator": "operator",
}  # Valkey user -> service


def main() -> None:
    session = _secret("session", SECRETS / "command" / "session", SESSION_LENGTH_MIN)
    for service in ("command", "gateway", "notifier"):
        _write(SECRETS / service / "session", session)
    for name, services in FOREIGN.items():
        for service in services:
            _pass_on(name, SECRETS / service / name)
    acl = TEMPLATE.read_text()
    for user, service in USERS.items():
        password = _secret(user, SECRETS / service / "password")
        _write(SECRETS / service / "password", password)
        _write(SECRETS / service / "valkey", f"redis://{user}:{quote(password, safe='')}@valkey:6379")
        acl = acl.replace(f"{{{user}}}", hashlib.sha256(password.encode()).hexdigest())
    users = [line for line in acl.splitlines() if line.startswith("user ")]  # an ACL file has no comments
    _write(SECRETS / "valkey" / "users.acl", "\n".join(users))


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
