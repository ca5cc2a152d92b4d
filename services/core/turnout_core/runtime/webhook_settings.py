"""The settings of webhooks that the command service and the notifier share."""

from typing import Annotated, Literal

from pydantic import Field

from turnout_core.runtime.settings import ServiceSettings


class WebhookSettings(ServiceSettings):
    event_webhooks: Annotated[
        Literal["on", "off"], Field(description="webhooks that organizers add to their events: on, or off")
    ] = "on"
    webhook_private: Annotated[
        Literal["refuse", "allow"],
        Field(
            description="webhooks at http addresses and in private networks: refuse, or allow. With allow, guests can "
            "make the notifier post to every server that it reaches"
        ),
    ] = "refuse"
