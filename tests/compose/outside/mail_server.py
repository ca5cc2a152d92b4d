"""A mail server in a container: STARTTLS, one user, and a file in /mails for each mail.

    python mail_server.py NAME USER

The certificate of NAME is in /certificates, the password of USER in /password.
"""

import ssl
import sys
import threading
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

MAILS = Path("/mails")
PORT = 5870


class Mails:
    """Writes each mail into a file of its own."""

    def __init__(self) -> None:
        self._numbers = count(1)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it by this name
        assert isinstance(envelope.content, bytes)
        unfinished = MAILS / "unfinished"
        unfinished.write_bytes(envelope.content)
        unfinished.rename(MAILS / f"{next(self._numbers):06}.eml")
        return "250 2.0.0 Accepted"


def main() -> None:
    name, user = sys.argv[1:]
    password = Path("/password").read_bytes().strip()

    def authenticate(_: SMTP, __: Session, ___: Envelope, ____: str, login: Any) -> AuthResult:
        is_right = isinstance(login, LoginPassword) and (login.login, login.password) == (user.encode(), password)
        return AuthResult(success=is_right, handled=False)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"/certificates/{name}.pem")
    Controller(
        Mails(), hostname="0.0.0.0", port=PORT, server_hostname=name, tls_context=context, require_starttls=True,
        auth_required=True, authenticator=authenticate, enable_SMTPUTF8=True,
    ).start()  # fmt: skip
    threading.Event().wait()


if __name__ == "__main__":
    main()
