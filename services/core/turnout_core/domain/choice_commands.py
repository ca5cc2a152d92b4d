"""Commands about what people choose: preferences of notices, subscriptions to push, and the feed of their events."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from turnout_core.domain import limits
from turnout_core.domain.fields import Zone
from turnout_core.domain.notices import Lead, NoticeKind
from turnout_core.domain.preferences import KINDS, LEADS, Channel
from turnout_core.domain.strict_model import StrictModel


def _sort_kinds(kinds: tuple[NoticeKind, ...]) -> tuple[NoticeKind, ...]:
    """The kinds, each once and in one order, so that equal choices are equal values."""
    return tuple(each for each in KINDS if each in kinds)


def _sort_leads(leads: tuple[Lead, ...]) -> tuple[Lead, ...]:
    return tuple(each for each in LEADS if each in leads)


_Kinds = Annotated[
    tuple[NoticeKind, ...],
    Field(max_length=len(KINDS), description="kinds of notices that do not come by this channel"),
    AfterValidator(_sort_kinds),
]
_Reminders = Annotated[
    tuple[Lead, ...],
    Field(max_length=len(LEADS), description="how long before the start a reminder comes"),
    AfterValidator(_sort_leads),
]
_ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_Base64Url = r"^[A-Za-z0-9_-]+$"


class PreferencesBody(StrictModel):
    """``PUT /api/me/preferences``: all choices. ``Preferences`` has the meanings."""

    reminders: _Reminders
    mail: _Kinds
    push: _Kinds
    quiet: Annotated[
        tuple[_ClockTime, _ClockTime] | None,
        Field(description='from and to, such as `["22:00", "07:30"]`, by the clock of `zone`; null for no quiet hours'),
    ] = None
    zone: Zone | None = None


class PushKeys(StrictModel):
    """The keys of a browser, base64url without padding (RFC 8291 section 3.1): 65 and 16 bytes."""

    p256dh: Annotated[str, StringConstraints(pattern=_Base64Url, min_length=87, max_length=87)]
    auth: Annotated[str, StringConstraints(pattern=_Base64Url, min_length=22, max_length=22)]


class PushBody(StrictModel):
    """``POST /api/me/push``: what ``PushSubscription.toJSON()`` of the Push API returns, without its expiry."""

    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=limits.ENDPOINT_MAX_CHARS)]
    keys: PushKeys


class SetPreferences(StrictModel):
    type: Literal["set-preferences"] = "set-preferences"
    body: PreferencesBody


class Unsubscribe(StrictModel):
    """Switches ``kind``, or ``all`` kinds, off for ``channel``; the caller has checked the link."""

    type: Literal["unsubscribe"] = "unsubscribe"
    channel: Channel
    kind: NoticeKind | Literal["all"]


class AddPush(StrictModel):
    """``session`` is that of the request (``PushSubscription``); the caller has checked endpoint and keys."""

    type: Literal["add-push"] = "add-push"
    session: str
    body: PushBody


class RemovePush(StrictModel):
    type: Literal["remove-push"] = "remove-push"
    id: str


class SetFeed(StrictModel):
    """``feed`` is a random number above 0 for a new feed, which replaces the present one; 0 ends it."""

    type: Literal["set-feed"] = "set-feed"
    feed: int = 0


class ForgetPush(StrictModel):
    """The push service says that ``push`` of ``user`` is gone. The notifier sends this; no request of a client does."""

    type: Literal["forget-push"] = "forget-push"
    user: str
    push: str


class ReportBounce(StrictModel):
    """A mail server says that the address ``mail`` of ``user`` does not exist. The notifier sends this, too."""

    type: Literal["report-bounce"] = "report-bounce"
    user: str
    mail: str


ChoiceCommand = SetPreferences | Unsubscribe | AddPush | RemovePush | SetFeed | ForgetPush | ReportBounce
