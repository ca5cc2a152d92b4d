"""The settings of the notifier."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from turnout_core.mail.config import MailSettings
from turnout_core.runtime.push_settings import PushSettings
from turnout_core.runtime.webhook_settings import WebhookSettings


class Settings(MailSettings, PushSettings, WebhookSettings):
    """Those of all services, and of the channels."""

    webhooks: Annotated[
        Path | None,
        Field(
            description="file with webhooks that get what happens to public events: a line for each, with an https "
            "address, a space and a secret (whsec_ and 24 to 64 bytes in base64)"
        ),
    ] = None
