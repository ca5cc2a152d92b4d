"""Rejections: a stable code, an HTTP status and a title for each reason to refuse a request.

The codes are part of the public interface (docs/protocol.md). Clients branch on them, so they never change.
"""

from typing import Any, ClassVar, Final

_IN_SECONDS_MAX: Final = 99  # a longer wait is said in minutes


class Rejection(Exception):
    """A refused request, which changed nothing.

    Attributes:
        code: stable, machine-readable.
        status: HTTP status code.
        title: one short sentence, the same for every occurrence.
        detail: one sentence about this occurrence, for people.
        extra: further members of the problem document (RFC 9457 section 3.2).
        retry_after_s: whole seconds after which the client may try again (RFC 9110 section 10.2.3); None for never.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    retry_after_s: int | None = None

    def __init__(self, detail: str = "", **extra: Any) -> None:
        self.detail = detail or self.title
        self.extra = extra
        super().__init__(self.detail)

    def problem(self) -> dict[str, Any]:
        """The problem document of RFC 9457, with our stable ``code``."""
        return {
            "type": f"urn:turnout:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }


class EventNotFound(Rejection):
    code, status, title = "event-not-found", 404, "There is no such event."


class UserNotFound(Rejection):
    code, status, title = "user-not-found", 404, "There is no such person."


class AlreadyAttending(Rejection):
    code, status, title = "already-attending", 409, "You have already joined this event."


class NotAttending(Rejection):
    code, status, title = "not-attending", 409, "That person has not joined this event."


class EventFull(Rejection):
    code, status, title = "event-full", 409, "There are not enough free seats."


class EventIsCancelled(Rejection):
    code, status, title = "event-cancelled", 409, "The event is cancelled."


class EventHasEnded(Rejection):
    code, status, title = "event-ended", 409, "The event has ended."


class NotOrganizer(Rejection):
    code, status, title = "not-organizer", 403, "Only the organizer can do that."


class NotPermitted(Rejection):
    code, status, title = "not-permitted", 403, "You may not do that."


class NotOpen(Rejection):
    """The event is joined by request or by invitation."""

    code, status, title = "not-open", 403, "This event is not open to everyone."


class KeptOut(Rejection):
    code, status, title = "kept-out", 403, "The hosts of this event do not let you join."


class UserIsBlocked(Rejection):
    code, status, title = "user-blocked", 403, "A moderator has blocked you."


class ReportNotFound(Rejection):
    code, status, title = "report-not-found", 404, "There is no such open report."


class SessionNotFound(Rejection):
    code, status, title = "session-not-found", 404, "You have no such session."


class AccountNotFound(Rejection):
    code, status, title = "account-not-found", 404, "You have no such account."


class NoProvider(Rejection):
    code, status, title = "no-provider", 404, "Nobody can sign in with a provider here."


class SignInFailed(Rejection):
    """The code, link or account is wrong, used, or no longer valid. The words never say which, or whether it exists."""

    code, status, title = "sign-in-failed", 403, "That did not work. It may be mistyped, used already, or too old."


class NotRequested(Rejection):
    """The person has not asked, has withdrawn, may not join any more, or is gone."""

    code, status, title = "not-requested", 409, "There is no open request of that person."


class InvitationInvalid(Rejection):
    """The link is wrong, ended, used up or revoked, or its event is another or gone. The words never say which."""

    code, status, title = "invitation-invalid", 404, "This invitation is not valid. It may have ended, or been used up."


class WebhooksAreOff(Rejection):
    code, status, title = "webhooks-off", 404, "Events have no webhooks here."


class WebhookNotFound(Rejection):
    code, status, title = "webhook-not-found", 404, "This event has no such webhook."


class NotCohost(Rejection):
    code, status, title = "not-cohost", 409, "That person is not a co-host of this event."


class IsHost(Rejection):
    code, status, title = "is-host", 409, "That person is a host of this event, so they cannot be kept out."


class LastOrganizer(Rejection):
    code, status, title = "last-organizer", 409, "You are the organizer. Hand over the event first, or call it off."


class LimitReached(Rejection):
    """An event has no room for more of something; ``detail`` says of what, and how many there can be."""

    code, status, title = "limit-reached", 409, "This event has no room for more of these."


class VersionConflict(Rejection):
    code, status, title = "version-conflict", 412, "The event was changed in the meantime."


class WrongCode(Rejection):
    code, status, title = "wrong-code", 403, "The code is wrong, used already, or too old."


class MailTaken(Rejection):
    """Another user has confirmed the address. Only who has just confirmed it too learns that."""

    code, status, title = "mail-taken", 409, "Somebody already signs in with this address. Sign in with it instead."


class MailIsOff(Rejection):
    code, status, title = "mail-off", 404, "This server sends no mail."


class PasskeyRefused(Rejection):
    code, status, title = "passkey-refused", 403, "This passkey was not accepted. Try again."


class PasskeyNotFound(Rejection):
    code, status, title = "passkey-not-found", 404, "You have no such passkey."


class PushIsOff(Rejection):
    code, status, title = "push-off", 404, "This server sends no push messages."


class FeedNotFound(Rejection):
    code, status, title = "feed-not-found", 404, "There is no such calendar feed."


class PushNotFound(Rejection):
    code, status, title = "push-not-found", 404, "You have no such push subscription."


class TooManyPasskeys(Rejection):
    code, status, title = "too-many-passkeys", 409, "You have as many passkeys as possible. Remove one first."


class NotSignedIn(Rejection):
    code, status, title = "signed-out", 401, "Enter your name first."


class Invalid(Rejection):
    code, status, title = "invalid", 422, "The request is not well-formed."


class QuotaReached(Rejection):
    code, status, title = "quota-reached", 409, "You have as many upcoming events as are possible here."


class TooMany(Rejection):
    """The client has sent more than its limits allow (RFC 6585 section 4)."""

    code, status, title = "too-many", 429, "That was a lot at once."

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"{self.title} Try again in {_duration(retry_after_s)}.")
        self.retry_after_s = retry_after_s


class Unavailable(Rejection):
    """The service cannot answer now. The client may repeat the request after ``Retry-After``."""

    code, status, title = "unavailable", 503, "The service cannot answer right now. Try again in a moment."
    retry_after_s: int = 1


class NotLeader(Unavailable):
    code, title = "not-leader", "The service is switching over. Try again in a moment."


class Full(Unavailable):
    """Valkey has no room for commands that add. Nothing was changed; commands that remove still work."""

    code, title = "full", "The server has no room for more right now. Try again later."
    retry_after_s = 10  # about the time in which two snapshots make room


REJECTIONS: tuple[type[Rejection], ...] = (
    EventNotFound, UserNotFound, AlreadyAttending, NotAttending, EventFull, EventIsCancelled, EventHasEnded,
    NotOrganizer, NotPermitted, NotOpen, KeptOut, UserIsBlocked, SessionNotFound, SignInFailed, ReportNotFound,
    WrongCode, MailTaken, MailIsOff, PasskeyRefused, PasskeyNotFound, TooManyPasskeys, AccountNotFound, NoProvider,
    PushIsOff, PushNotFound, FeedNotFound,
    NotRequested, InvitationInvalid, NotCohost, IsHost, LastOrganizer, LimitReached,
    VersionConflict, NotSignedIn, Invalid, QuotaReached, TooMany, Unavailable, NotLeader, Full,
)  # fmt: skip


def invalid_field(field: str, message: str) -> Invalid:
    """The rejection of one field, in the same form as that of a malformed body."""
    return Invalid(f"{field}: {message}", errors=[{"field": field, "message": message}])


def _duration(seconds: int) -> str:
    """``1 second``, ``20 seconds``, ``3 minutes``; minutes are rounded up."""
    count, unit = (seconds, "second") if seconds <= _IN_SECONDS_MAX else (-(-seconds // 60), "minute")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
