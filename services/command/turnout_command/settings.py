"""The settings of the command service."""

from typing import Annotated, ClassVar, Final

from pydantic import Field

from turnout_command.sign_in.oidc.settings import OidcSettings
from turnout_command.write.leadership import LeaseConfig

_LEASE: Final = LeaseConfig()
_RENEWALS_PER_LEASE: Final = 4  # so that a failed renewal does not lose the lease


class Settings(OidcSettings):
    former_names: ClassVar = {"TURNOUT_FORWARDED_ALLOW_IPS": "trusted_proxies"}

    strict: Annotated[
        bool, Field(description="refuse a Valkey that could lose acknowledged commands, instead of logging a warning")
    ] = False
    snapshot_commits: Annotated[int, Field(ge=1, description="commits after which a snapshot is made")] = 20_000
    snapshot_minutes: Annotated[
        float, Field(ge=0, description="minutes after which a snapshot is made if there was a commit; 0 for never")
    ] = 30
    lease_s: Annotated[
        float,
        Field(
            gt=0, description="seconds that a writer's lease lasts; a standby replaces a dead writer within this time"
        ),
    ] = _LEASE.lease_s

    def lease_config(self) -> LeaseConfig:
        return LeaseConfig(lease_s=self.lease_s, renew_s=self.lease_s / _RENEWALS_PER_LEASE)
