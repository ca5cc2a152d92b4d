"""What an operator can set, as ``TURNOUT_*`` environment variables."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from turnout_core.connection import ValkeyUrl
from turnout_core.start import secret


class Settings(BaseSettings):
    """
    Attributes:
        valkey: address of the server that keeps the journal; it may hold a password.
        valkey_file: holds that address instead, so that the password is in no environment.
        strict: refuse to start on a server that could lose what was acknowledged, instead of warning.
        secret_file: holds the secret that signs sessions; without it one is made and kept in Valkey.
        forwarded_allow_ips: proxies whose X-Forwarded-* headers are believed, comma-separated, or ``*``.
        snapshot_commits: a snapshot is made after this many commits,
        snapshot_minutes: or after this many minutes in which there was any; 0 for never.
        lease_s: how long a writer's lease holds; a dead one is replaced after at most this.
        log_level: debug, info, warning or error.
    """

    model_config = SettingsConfigDict(env_prefix="TURNOUT_", frozen=True)

    valkey: ValkeyUrl = "redis://127.0.0.1:6379"
    valkey_file: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8001
    strict: bool = False
    secret_file: Path | None = None
    forwarded_allow_ips: str = "127.0.0.1"
    snapshot_commits: Annotated[int, Field(ge=1)] = 20_000
    snapshot_minutes: Annotated[float, Field(ge=0)] = 30
    lease_s: Annotated[float, Field(gt=0)] = 1.5
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="before")
    @classmethod
    def _address(cls, given: dict[str, Any]) -> dict[str, Any]:
        file = given.get("valkey_file")
        return {**given, "valkey": secret(Path(file))} if file else given
