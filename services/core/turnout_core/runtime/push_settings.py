"""The settings of push, which the command service and the notifier share."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from turnout_core.runtime.settings import ServiceSettings


class PushSettings(ServiceSettings):
    push: Annotated[
        Literal["on", "off"],
        Field(description="push messages to browsers, also while the page is closed: on, or off"),
    ] = "on"
    push_key_file: Annotated[
        Path | None,
        Field(
            description="PEM file with the private key on P-256 that identifies the instance to push services; by "
            "default it follows from the secret that signs sessions. With another key browsers have to subscribe again"
        ),
    ] = None
    push_private: Annotated[
        Literal["refuse", "allow"],
        Field(description="push services at http addresses and in private networks: refuse, or allow, for trying out"),
    ] = "refuse"
