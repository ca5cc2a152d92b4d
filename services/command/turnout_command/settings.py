"""The settings of the command service."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from turnout_command.rules.creation import CreationPolicy, Creators
from turnout_command.sign_in.oidc.settings import OidcSettings
from turnout_command.write.forget_job import FORGET_DAYS
from turnout_command.write.lease_config import LeaseConfig
from turnout_core.journal.replication import Replication
from turnout_core.mail.config import MailSettings
from turnout_core.runtime.push_settings import PushSettings
from turnout_core.runtime.webhook_settings import WebhookSettings

_LEASE: Final = LeaseConfig()
_CREATION: Final = CreationPolicy()
_EVENTS_PER_PERSON: Final = 50
_RENEWALS_PER_LEASE: Final = 4  # so that a failed renewal does not lose the lease


class Settings(OidcSettings, MailSettings, PushSettings, WebhookSettings):
    former_names: ClassVar = {"TURNOUT_FORWARDED_ALLOW_IPS": "trusted_proxies"}

    strict: Annotated[
        bool, Field(description="refuse a Valkey that could lose acknowledged commands, instead of logging a warning")
    ] = False
    replicas: Annotated[
        int,
        Field(
            ge=0,
            le=8,
            description="replicas of Valkey that must have a command on disk before it is acknowledged, so that a "
            "failover loses none; while fewer confirm, commands get 503. 0 for a server without replicas. The same "
            "number "
            "for every command service",
        ),
    ] = 0
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
    forget_days: Annotated[
        int,
        Field(
            ge=0,
            le=36_500,
            description="days after which events that are over are deleted, and guests without a way back who were not "
            "here and have no upcoming event or seat; 0 for never. After 400 days no cookie of theirs counts any more",
        ),
    ] = FORGET_DAYS
    limits: Annotated[
        Literal["on", "off"],
        Field(
            description="limits per address (of IPv6, per /64), person and event, beyond which commands get 429: on, "
            "or off where something in front has its own. No honest crowd meets them, and they fill again by the "
            "minute. Sign-ups: 300 per address, then 30 a minute, so two schools behind one address get in, and "
            "a script does not. Joins, changes and leaving: 40 per person, then 30; 900 per address, then 300; "
            "3,000 per event, then 3,000. New and edited events, and names: 40 per person, then 6; 300 per "
            "address, then 60. Codes and sign-ins: 10 per person, then 4; 60 per address, then 20. Reports and "
            "exports: 10 "
            "per person, then 2; 30 per address, then 6"
        ),
    ] = "on"

    create: Annotated[
        Creators,
        Field(
            description="who may create events: anyone, returning for people with a way back, such as a recovery link, "
            "or moderators"
        ),
    ] = _CREATION.creators
    events_per_person: Annotated[
        int,
        Field(
            ge=0,
            description="events of one person that are neither over nor called off; 0 for any number. Moderators have "
            "no limit. A club with a weekly evening plans a year ahead with 50",
        ),
    ] = _EVENTS_PER_PERSON

    def creation_policy(self) -> CreationPolicy:
        return CreationPolicy(self.create, self.events_per_person or None)

    def replication(self) -> Replication:
        return Replication(self.replicas)

    def lease_config(self) -> LeaseConfig:
        return LeaseConfig(lease_s=self.lease_s, renew_s=self.lease_s / _RENEWALS_PER_LEASE)
