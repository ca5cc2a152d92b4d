"""The secrets that sign the deliveries of webhooks (Standard Webhooks, "Symmetric")."""

import hmac
from base64 import b64encode
from typing import Final

_LABEL: Final = b"turnout.webhook.1\0"


class WebhookSecrets:
    """Derives the secret of each webhook from that of the instance, so that none is stored.

    Args:
        secret: of the instance.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def secret(self, webhook: str) -> str:
        """The secret of the webhook with this id: ``whsec_`` and 32 bytes in base64."""
        return "whsec_" + b64encode(hmac.digest(self._secret, _LABEL + webhook.encode(), "sha256")).decode()
