"""``/unsubscribe/<token>``: ends the notices of one kind by mail, or by push, without a sign-in.

Opening the link changes nothing: programs that scan mails open links. A press of the button does, and so does the
request of a mail program (RFC 8058): it has no cookie and comes from anywhere, so its origin is not checked.
"""

from email import message_from_bytes
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.plain_page import button_form, plain_page
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.write.batch import Refusal
from turnout_core.domain.choice_commands import Unsubscribe
from turnout_core.domain.notices import NoticeKind
from turnout_core.domain.preferences import Channel
from turnout_core.domain.rejections import NotSignedIn, Rejection, Unavailable
from turnout_core.web.bodies import read_untyped
from turnout_core.web.signed_links import UNSUBSCRIBE, Subscription

_FIELD: Final = "List-Unsubscribe"
_VALUE: Final = "One-Click"
_BY: Final[dict[Channel, str]] = {"mail": "mail", "push": "push message"}
_ABOUT: Final[dict[NoticeKind, str]] = {
    "promoted": "places that come free",
    "removed": "places that hosts take away",
    "changed": "changes of events",
    "called-off": "events that are called off",
    "deleted": "events that are deleted",
    "approved": "requests that are approved",
    "declined": "requests that are declined",
    "cohost": "becoming a co-host",
    "organizer": "becoming the organizer",
    "asked": "people who ask for seats",
    "message": "messages from organizers",
    "reminder": "events that begin soon",
}


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), include_in_schema=False)

    @router.api_route(UNSUBSCRIBE + "/{token}", methods=["GET", "HEAD"])
    async def show(_: CommandRequest, token: str) -> Response:
        try:
            subscription = endpoint.tokens().links.read_subscription(token)
        except Unavailable:
            return _try_again()
        return _question(subscription) if subscription is not None else _unknown()

    @router.post(UNSUBSCRIBE + "/{token}")
    async def unsubscribe(request: CommandRequest, token: str) -> Response:
        """The answer is the same for somebody who is gone: nobody gets anything any more."""
        body = await read_untyped(request)
        try:
            subscription = endpoint.tokens().links.read_subscription(token)
            if subscription is None:
                return _unknown()
            if not _is_one_click(request.header(b"content-type") or "", body):
                return _question(subscription, HTTPStatus.UNPROCESSABLE_ENTITY)
            refused = await _commit(endpoint, subscription)
        except Unavailable:
            return _try_again()
        return _try_again() if refused is not None else _done(subscription)

    return router


async def _commit(endpoint: CommandEndpoint, subscription: Subscription) -> Rejection | None:
    """Commits the preference; returns the refusal, which is none for somebody who is gone."""
    command = Unsubscribe(channel=subscription.channel, kind=subscription.kind)
    outcome = await endpoint.writer.committer().submit(command, subscription.user)
    refused = outcome.rejection if isinstance(outcome, Refusal) else None
    return None if isinstance(refused, NotSignedIn) else refused


def _is_one_click(content_type: str, body: bytes) -> bool:
    """True for a form with the field of RFC 8058 section 3.1, in either of the encodings that it allows."""
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        return parse_qs(body.decode("latin-1")).get(_FIELD) == [_VALUE]
    form = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body)
    if form.get_content_type() != "multipart/form-data":
        return False
    fields = {part.get_param("name", header="content-disposition"): part for part in form.walk()}
    found = fields.get(_FIELD)
    return found is not None and found.get_payload(decode=True) == _VALUE.encode()


def _what(subscription: Subscription) -> str:
    by = _BY[subscription.channel]
    return f"{by} about {_ABOUT[subscription.kind]}" if subscription.kind != "all" else by


def _question(subscription: Subscription, status: int = HTTPStatus.OK) -> Response:
    return plain_page(
        status,
        f"No more {_what(subscription)}?",
        "Press the button, and Turnout stops sending it. You can change that in Turnout at any time.",
        button_form(_FIELD, _VALUE, "Unsubscribe"),
    )


def _done(subscription: Subscription) -> Response:
    return plain_page(
        HTTPStatus.OK,
        "You are unsubscribed",
        f"Turnout sends you no more {_what(subscription)}. You can change that in Turnout at any time.",
    )


def _unknown() -> Response:
    return plain_page(
        HTTPStatus.NOT_FOUND,
        "This link does not work",
        "It may have been cut off in the mail. Copy all of it, or choose in Turnout what it sends you.",
    )


def _try_again() -> Response:
    page = plain_page(
        HTTPStatus.SERVICE_UNAVAILABLE, "That did not work", "Turnout cannot answer right now. Try again in a moment."
    )
    page.headers["Retry-After"] = str(Unavailable.retry_after_s)
    return page
