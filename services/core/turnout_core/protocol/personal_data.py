"""The export of all that is held about one person, and of nobody else."""

from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import asdict

from turnout_core.domain.access import may, viewer_of
from turnout_core.domain.changes import Details
from turnout_core.domain.notices import Notice
from turnout_core.domain.noticing.reading import is_readable
from turnout_core.domain.preferences import Preferences
from turnout_core.domain.state import Event, State

Role = Literal["co-host", "invited", "kept-out"]


class DeviceData(Struct, frozen=True, gc=False):
    """A session; times are ms since 1970."""

    device: str
    opened_at: int
    seen_at: int


class PasskeyData(Struct, frozen=True, gc=False):
    name: str
    added_at: int


class AccountData(Struct, frozen=True, gc=False):
    """An account at an OpenID Connect provider."""

    issuer: str
    subject: str
    label: str
    added_at: int


class PreferencesData(Struct, frozen=True, gc=False):
    """The choices of the person about notices; ``mail`` and ``push`` are the kinds that do not come by them."""

    reminders: tuple[str, ...]
    mail: tuple[str, ...]
    push: tuple[str, ...]
    quiet: tuple[str, str] | None
    zone: str


class PushData(Struct, frozen=True, gc=False):
    """A browser that shows notices: the origin of its push service; the rest of the address is a secret."""

    service: str
    added_at: int


class OrganizedData(Struct, frozen=True, gc=False):
    """An event that the person organizes, with the fields that differ from their defaults."""

    event: str
    status: str
    created_at: int
    details: Details


class AttendanceData(Struct, frozen=True, gc=False):
    """Seats at an event; ``title`` is empty if the person may not see the event any more, here and below."""

    event: str
    title: str
    party: int
    status: str
    joined_at: int


class RequestData(Struct, frozen=True, gc=False):
    event: str
    title: str
    party: int
    asked_at: int


class InvitationData(Struct, frozen=True, gc=False):
    """An invitation that the person has made, without its code."""

    event: str
    title: str
    role: str
    made_at: int


class RoleData(Struct, frozen=True, gc=False):
    event: str
    title: str
    role: Role


class NoteData(Struct, frozen=True, gc=False):
    """A note of the hosts of an event about the person."""

    event: str
    title: str
    text: str


class WebhookData(Struct, frozen=True, gc=False):
    """A webhook of an event that the person organizes, without its secret."""

    event: str
    url: str
    made_at: int


class ReportData(Struct, frozen=True, gc=False):
    """A report by the person; ``about`` is the id of an event or a person."""

    target: Literal["event", "person"]
    about: str
    reason: str
    at: int


class ModerationData(Struct, frozen=True, gc=False):
    """An act of moderation about the person, and its reason."""

    action: str
    reason: str
    at: int


class NoticeData(Struct, frozen=True, gc=False):
    """A notice that the person has got, or a message that they have sent.

    The texts are empty if they may not see the event any more.
    """

    kind: str
    event: str
    title: str
    text: str
    at: int


class PersonalData(Struct, frozen=True, gc=False):
    """``GET /api/me/export``. Secrets, and digests of secrets, are not in it.

    Attributes:
        at: ms since 1970.
        recovery: true if there is a recovery link.
        mail: empty without one.
        bounced: true if mail to it came back since it was confirmed.
        preferences: null while the person has chosen nothing.
        feed: true if there is a secret feed of their events.
    """

    at: int
    id: str
    name: str
    moderator: bool
    blocked: bool
    recovery: bool
    mail: str
    bounced: bool
    passkeys: list[PasskeyData]
    accounts: list[AccountData]
    sessions: list[DeviceData]
    preferences: PreferencesData | None
    pushes: list[PushData]
    feed: bool
    organized: list[OrganizedData]
    attendances: list[AttendanceData]
    requests: list[RequestData]
    invitations: list[InvitationData]
    roles: list[RoleData]
    notes: list[NoteData]
    webhooks: list[WebhookData]
    reports: list[ReportData]
    moderation: list[ModerationData]
    notices: list[NoticeData]
    messages: list[NoticeData]


def personal_data(state: State, user: str, at: int) -> PersonalData:
    """All that ``state`` holds about ``user`` at ``at`` (ms since 1970)."""
    person = state.users[user]
    data = PersonalData(
        at=at,
        id=user,
        name=person.name,
        moderator=user in state.moderators,
        blocked=person.blocked,
        recovery=bool(person.recovery),
        mail=person.mail,
        bounced=person.bounced,
        passkeys=[PasskeyData(each.name, each.added_at) for each in person.passkeys],
        accounts=[AccountData(each.issuer, each.subject, each.label, each.added_at) for each in person.accounts],
        sessions=[DeviceData(each.device, each.opened_at, each.seen_at) for each in person.sessions],
        preferences=_preferences(person.notify),
        pushes=[PushData(_origin(each.endpoint), each.added_at) for each in person.pushes],
        feed=bool(person.feed),
        organized=[],
        attendances=[],
        requests=[],
        invitations=[],
        roles=[],
        notes=[],
        webhooks=[],
        reports=[ReportData(x.target, x.about, x.reason, x.at) for x in state.reports.values() if x.by == user],
        moderation=[ModerationData(x.action, x.reason, x.at) for x in state.audit if x.about == user],
        messages=_messages(state, user),
        notices=[_notice(state, user, each) for each in state.inboxes[user].notices] if user in state.inboxes else [],
    )
    indexes = (state.organizing, state.attending, state.involved)
    for event in sorted(set().union(*(index.get(user, ()) for index in indexes))):
        _add(data, state, state.events[event])
    return data


def _messages(state: State, user: str) -> list[NoticeData]:
    """The messages of a host that guests still have."""
    found = {
        each.id: each
        for reader in state.told.get(user, ())
        for each in state.inboxes[reader].notices
        if each.by == user and each.kind == "message"
    }
    return [_notice(state, user, each) for each in sorted(found.values(), key=lambda each: (each.seq, each.event))]


def _preferences(chosen: Preferences | None) -> PreferencesData | None:
    return PreferencesData(**asdict(chosen)) if chosen is not None else None


def _origin(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def _notice(state: State, user: str, notice: Notice) -> NoticeData:
    is_shown = is_readable(state, user, notice)
    texts = (notice.title, notice.text) if is_shown else ("", "")
    return NoticeData(notice.kind, notice.event, *texts, notice.at)


def _add(data: PersonalData, state: State, event: Event) -> None:
    """Adds all that ``event`` holds about the person."""
    user = data.id
    title = event.details.title if may(viewer_of(state, user), "see", event) else ""
    if event.organizer == user:
        data.organized.append(OrganizedData(event.id, event.status, event.created_at, event.details))
    attendance = event.attendances.get(user)
    if attendance is not None:
        data.attendances.append(AttendanceData(event.id, title, attendance.party, attendance.status, attendance.at))
    if user in event.cohosts:
        data.roles.append(RoleData(event.id, title, "co-host"))
    desk = event.desk
    if desk is None:
        return
    if user in desk.requests:
        data.requests.append(RequestData(event.id, title, desk.requests[user].party, desk.requests[user].at))
    if user in desk.invited:
        data.roles.append(RoleData(event.id, title, "invited"))
    if user in desk.blocked:
        data.roles.append(RoleData(event.id, title, "kept-out"))
    if user in desk.notes:
        data.notes.append(NoteData(event.id, title, desk.notes[user]))
    if event.organizer == user:
        data.webhooks.extend(WebhookData(event.id, each.url, each.made_at) for each in desk.webhooks.values())
    made = [each for each in desk.invitations.values() if each.made_by == user]
    data.invitations.extend(InvitationData(event.id, title, each.role, each.made_at) for each in made)
