"""Answers of the leading service that need no command."""

from collections.abc import Callable

import msgspec
from fastapi import Response

from turnout_command.http.endpoint import CommandEndpoint, respond
from turnout_command.http.raw_route import CommandRequest
from turnout_command.write.batch import Outcome, Refusal, Success
from turnout_command.write.responses import StoredResponse
from turnout_core.domain.rejections import NotSignedIn, Rejection
from turnout_core.domain.state import State
from turnout_core.web.identity import SignedIn
from turnout_core.web.origin import check_same_origin


async def answer_user(
    endpoint: CommandEndpoint, request: CommandRequest, answer: Callable[[State, SignedIn], StoredResponse]
) -> Response:
    """Answers the signed-in user from the state, once that is durable. ``answer`` may raise a Rejection.

    It counts for the limits of codes. Raises TooMany.
    """
    address = endpoint.limits.check_address("code", request)
    check_same_origin(request, endpoint.origins)
    committer = endpoint.writer.committer()
    present = endpoint.signed_in(request, committer)
    if present is not None and address is not None:
        endpoint.limits.check_person("code", present.user.id)
    state = committer.state
    outcome: Outcome
    try:
        if present is None:
            raise NotSignedIn
        outcome = Success(state.position, answer(state, present))
    except Rejection as rejection:
        outcome = Refusal(state.position, rejection)
    return respond(await committer.respond_when_durable(outcome))


def answer_anyone(
    endpoint: CommandEndpoint, request: CommandRequest, answer: Callable[[State], StoredResponse]
) -> Response:
    """Answers without waiting: nothing in the response tells what the state holds."""
    check_same_origin(request, endpoint.origins)
    committer = endpoint.writer.committer()
    outcome: Outcome = Success(committer.durable_head.position, answer(committer.state))
    return respond(outcome)


def json_response(status: int, body: msgspec.Struct) -> StoredResponse:
    return StoredResponse(status, msgspec.json.encode(body))
