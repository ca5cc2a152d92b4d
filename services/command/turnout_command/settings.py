"""What an operator can set, as ``TURNOUT_*`` environment variables."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from turnout_core.runtime.startup import read_secret
from turnout_core.runtime.valkey_client import ValkeyUrl


class Settings(BaseSettings):
    """A field's description says what it is; docs/settings.md is made of them."""

    model_config = SettingsConfigDict(env_prefix="TURNOUT_", frozen=True)

    valkey: Annotated[
        ValkeyUrl,
        Field(description="URL of the Valkey, or Redis >= 7.2, that keeps the journal; it may hold a password"),
    ] = "redis://127.0.0.1:6379"
    valkey_file: Annotated[
        Path | None, Field(description="file that holds that URL instead, so that its password is in no environment")
    ] = None
    host: Annotated[str, Field(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8001
    strict: Annotated[
        bool, Field(description="refuse a server that could lose what was acknowledged, instead of warning")
    ] = False
    secret_file: Annotated[
        Path | None,
        Field(
            description="file with the secret that signs sessions; without one, the secret in Valkey is taken, or made"
        ),
    ] = None
    forwarded_allow_ips: Annotated[
        str, Field(description="proxies whose X-Forwarded-* headers are believed, comma-separated, or * for any")
    ] = "127.0.0.1"
    snapshot_commits: Annotated[int, Field(ge=1, description="a snapshot is made after so many commits")] = 20_000
    snapshot_minutes: Annotated[
        float,
        Field(ge=0, description="a snapshot is made after so many minutes in which there was a commit; 0 for never"),
    ] = 30
    lease_s: Annotated[
        float,
        Field(gt=0, description="seconds that the lease of a writer holds; a dead one is replaced after at most this"),
    ] = 1.5
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="what is logged: debug, info, warning or error")
    ] = "info"

    @model_validator(mode="before")
    @classmethod
    def _address(cls, given: dict[str, Any]) -> dict[str, Any]:
        file = given.get("valkey_file")
        return {**given, "valkey": read_secret(Path(file))} if file else given
