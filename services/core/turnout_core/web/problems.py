"""Problem documents (RFC 9457): every error of a service in one form."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid, Rejection
from turnout_core.domain.validation_messages import field_errors, sentence

POSITION_HEADER: Final = "Turnout-Position"
PROBLEM_TYPE: Final = "application/problem+json"


class FieldError(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    message: str


class Problem(BaseModel):
    """``application/problem+json`` (RFC 9457). ``code`` is stable; ``detail`` is a sentence for people."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldError, ...] | None = None


def problem(rejection: Rejection) -> Response:
    """The rejection as ``application/problem+json`` (RFC 9457)."""
    headers = {"Retry-After": str(rejection.retry_after_s)} if rejection.retry_after_s is not None else None
    return Response(msgspec.json.encode(rejection.problem()), rejection.status, headers, PROBLEM_TYPE)


def install_problems(app: FastAPI, position: Callable[[Request], Position | None] = lambda _: None) -> None:
    """Makes all errors of ``app`` and of the framework problem documents, with ``position`` in a header."""

    def with_position(request: Request, response: Response) -> Response:
        at = position(request)
        if at is not None:
            response.headers[POSITION_HEADER] = str(at)
        return response

    @app.exception_handler(Rejection)
    async def _handle_rejection(request: Request, error: Exception) -> Response:
        assert isinstance(error, Rejection)  # noqa: S101 - ensured by the decorator
        return with_position(request, problem(error))

    @app.exception_handler(RequestValidationError)
    async def _handle_invalid_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - ensured by the decorator
        return with_position(request, problem(validation_rejection(error.errors())))

    @app.exception_handler(HTTPException)
    async def _handle_http_exception(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - ensured by the decorator
        return with_position(request, _bare_problem(error.status_code, error.headers))

    @app.exception_handler(Exception)
    async def _handle_exception(request: Request, __: Exception) -> Response:
        return with_position(request, _bare_problem(500, None))


def validation_rejection(errors: Any) -> Invalid:
    """One rejection for all errors of a validation; it names each field."""
    fields = field_errors(errors)
    return Invalid(sentence(fields), errors=fields)


def _bare_problem(status: int, headers: Any) -> Response:
    title = HTTPStatus(status).phrase
    code = title.lower().replace(" ", "-")
    document = {"type": "about:blank", "title": title, "status": status, "detail": title, "code": code}
    return Response(msgspec.json.encode(document), status, headers, PROBLEM_TYPE)
