"""``/api/import``: the events of a file as drafts, which clients then create one by one."""

from typing import Any, Final

from fastapi import APIRouter, Response

from turnout_command.http.endpoint import CommandEndpoint, respond
from turnout_command.http.file_reader import FileReader
from turnout_command.http.openapi_extra import SIGNED_IN, error_responses, query_parameter, read_responses
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_command.importing.request import ImportRequest
from turnout_command.importing.rows import ImportResult
from turnout_command.write.batch import Refusal, Success
from turnout_command.write.responses import StoredResponse
from turnout_core.domain import limits
from turnout_core.domain.rejections import NotSignedIn, invalid_field
from turnout_core.domain.state import State
from turnout_core.domain.zones import zone_names
from turnout_core.runtime.clock import wall_ms
from turnout_core.web.bodies import read_untyped
from turnout_core.web.http_limits import IMPORT_PATH
from turnout_core.web.origin import check_same_origin
from turnout_core.web.security_headers import VARY_BY_USER

_DEFAULT_ZONE: Final = "UTC"
_FILE: Final = {"type": "string", "format": "binary", "maxLength": limits.IMPORT_MAX_BYTES}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {each: {"schema": _FILE} for each in ("text/calendar", "text/csv")}},
    "parameters": [query_parameter("zone", "IANA zone of times for which the file names none; UTC by default")],
}


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["events"])
    reader = FileReader()

    @router.post(
        IMPORT_PATH,
        operation_id="preview_import",
        summary="Read a calendar file or a table",
        responses={
            **read_responses("The events of the file as drafts; nothing is created.", body=ImportResult),
            **error_responses(401, 403, 413, 429),
        },
        openapi_extra=_BODY,
    )
    async def preview_import(request: CommandRequest) -> Response:
        """The type of the body does not matter. Create each event by its ``draft``, with ``key`` as Idempotency-Key."""
        check_same_origin(request, endpoint.origins)
        address = endpoint.limits.check_address("report", request)
        committer = endpoint.writer.committer()
        present = endpoint.signed_in(request, committer)
        if present is None:
            refusal = Refusal(committer.state.position, NotSignedIn())
            return respond(await committer.respond_when_durable(refusal))
        user = present.user.id
        if address is not None:
            endpoint.limits.check_person("report", user)
        zone = request.query_params.get("zone", _DEFAULT_ZONE)
        if zone not in zone_names():
            raise invalid_field("zone", "must be an IANA time zone such as Europe/Vienna")
        content = await read_untyped(request, limits.IMPORT_MAX_BYTES)
        state = committer.state
        position = state.position
        body = await reader.read(ImportRequest(zone, wall_ms(), _organized(state, user)), content)
        answer = Success(position, StoredResponse(200, body, (VARY_BY_USER,)))
        return respond(await committer.respond_when_durable(answer))

    return router


def _organized(state: State, user: str) -> tuple[tuple[str, int], ...]:
    """Title and start of the events that ``user`` organizes, without those that are called off."""
    events = (state.events[each] for each in state.organizing.get(user, ()))
    return tuple((each.details.title, each.details.starts_at) for each in events if each.status != "cancelled")
