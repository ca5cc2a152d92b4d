"""Reports, and the acts of moderators."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Response

from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import (
    SIGNED_IN,
    EventId,
    UserId,
    error_responses,
    success_responses,
    write_extra,
)
from turnout_command.http.rate_limits import Kind
from turnout_command.http.raw_route import CommandRequest, raw_route
from turnout_core.domain.commands import Command
from turnout_core.domain.moderation_commands import (
    CloseReport,
    EventReportBody,
    ModerateEvent,
    ModeratePerson,
    ReasonBody,
    ReportTarget,
)
from turnout_core.runtime.ids import new_id
from turnout_core.web.bodies import parse, read_bytes

ReportId = Annotated[str, Path(description="id of the report")]

_RESPONSES = {**success_responses(204, "It is done."), **error_responses(401, 403, 404, 413, 415, 429)}


def routes(endpoint: CommandEndpoint) -> APIRouter:
    router = APIRouter(
        route_class=raw_route(endpoint.writer.position), dependencies=SIGNED_IN, tags=["moderation"],
        responses=_RESPONSES,
    )  # fmt: skip

    @router.post(
        "/api/events/{event}/reports",
        operation_id="report_event",
        summary="Report an event to the moderators",
        status_code=204,
        openapi_extra=write_extra(EventReportBody),
    )
    async def report_event(request: CommandRequest, event: EventId) -> Response:
        """Or a message that a host has sent to the guests: `notice` is the id of the user's notice of it.

        The answer is the same if they have no such message, and then the report is about the event alone. A second
        report of the same by the same user changes nothing.
        """
        body = await read_bytes(request)
        reason = parse(body, EventReportBody)
        command = ReportTarget(report=new_id(), target="event", about=event, body=reason, notice=reason.notice)
        return await endpoint.submit(request, lambda _: command, body, kind="report")

    @router.post(
        "/api/users/{user}/reports",
        operation_id="report_person",
        summary="Report a person to the moderators",
        status_code=204,
        openapi_extra=write_extra(ReasonBody),
    )
    async def report_person(request: CommandRequest, user: UserId) -> Response:
        """The answer is the same if there is no such person."""
        report = new_id()
        return await act(
            request, lambda reason: ReportTarget(report=report, target="person", about=user, body=reason), "report"
        )

    @router.post(
        "/api/events/{event}/hide",
        operation_id="hide_event",
        summary="Hide an event from all but its hosts and moderators (moderators)",
        status_code=204,
        openapi_extra=write_extra(ReasonBody),
    )
    async def hide_event(request: CommandRequest, event: EventId) -> Response:
        return await act(request, lambda reason: ModerateEvent(action="hide", event=event, body=reason))

    @router.post(
        "/api/events/{event}/restore",
        operation_id="restore_event",
        summary="Show a hidden event again (moderators)",
        status_code=204,
        openapi_extra=write_extra(ReasonBody),
    )
    async def restore_event(request: CommandRequest, event: EventId) -> Response:
        return await act(request, lambda reason: ModerateEvent(action="restore", event=event, body=reason))

    @router.post(
        "/api/events/{event}/take-down",
        operation_id="take_down_event",
        summary="Delete an event; this cannot be undone (moderators)",
        status_code=204,
        openapi_extra=write_extra(ReasonBody),
    )
    async def take_down_event(request: CommandRequest, event: EventId) -> Response:
        return await act(request, lambda reason: ModerateEvent(action="delete", event=event, body=reason))

    @router.post(
        "/api/users/{user}/block",
        operation_id="block_person",
        summary="Block a person, who can then sign in and leave, and nothing else (moderators)",
        status_code=204,
        openapi_extra=write_extra(ReasonBody),
    )
    async def block_person(request: CommandRequest, user: UserId) -> Response:
        return await act(request, lambda reason: ModeratePerson(action="block", user=user, body=reason))

    @router.post(
        "/api/users/{user}/unblock",
        operation_id="unblock_person",
        summary="End the block of a person (moderators)",
        status_code=204,
        openapi_extra=write_extra(ReasonBody),
    )
    async def unblock_person(request: CommandRequest, user: UserId) -> Response:
        return await act(request, lambda reason: ModeratePerson(action="unblock", user=user, body=reason))

    @router.post(
        "/api/reports/{report}/close",
        operation_id="close_report",
        summary="Close a report (moderators)",
        status_code=204,
        openapi_extra=write_extra(ReasonBody),
    )
    async def close_report(request: CommandRequest, report: ReportId) -> Response:
        return await act(request, lambda reason: CloseReport(report=report, body=reason))

    async def act(
        request: CommandRequest, command: Callable[[ReasonBody], Command], kind: Kind | None = None
    ) -> Response:
        body = await read_bytes(request)
        reason = parse(body, ReasonBody)
        return await endpoint.submit(request, lambda _: command(reason), body, kind=kind)

    return router
