"""What both services' HTTP has in common: problem documents, bodies, positions."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from turnout_core.domain import limits
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import REJECTIONS, Invalid, Rejection, Unavailable
from turnout_core.protocol.items import Problem

POSITION_HEADER: Final = "Turnout-Position"
_PROBLEM_TYPE: Final = "application/problem+json"

Body = TypeVar("Body", bound=BaseModel)


class TooLarge(Invalid):
    """The body is beyond ``limits.BODY_MAX_BYTES``."""

    status = 413


class OtherOrigin(Invalid):
    """A page of another origin tries to write in a visitor's name."""

    status = 403


def problem(rejection: Rejection) -> Response:
    """The rejection as ``application/problem+json`` (RFC 9457)."""
    headers = {"Retry-After": str(rejection.retry_after_s)} if isinstance(rejection, Unavailable) else None
    return Response(msgspec.json.encode(rejection.problem()), rejection.status, headers, _PROBLEM_TYPE)


def install_problems(app: FastAPI, position: Callable[[Request], Position | None] = lambda _: None) -> None:
    """Makes every error of ``app`` a problem document, the framework's own included, that tells the ``position``."""

    def told(request: Request, response: Response) -> Response:
        at = position(request)
        if at is not None:
            response.headers[POSITION_HEADER] = str(at)
        return response

    @app.exception_handler(Rejection)
    async def _rejected(request: Request, error: Exception) -> Response:
        assert isinstance(error, Rejection)  # noqa: S101 - what the decorator says
        return told(request, problem(error))

    @app.exception_handler(RequestValidationError)
    async def _malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - what the decorator says
        return told(request, problem(invalid(error.errors())))

    @app.exception_handler(HTTPException)
    async def _unserved(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - what the decorator says
        return told(request, _bare_problem(error.status_code, error.headers))

    @app.exception_handler(Exception)
    async def _failed(request: Request, __: Exception) -> Response:
        return told(request, _bare_problem(500, None))


def invalid(errors: Any) -> Invalid:
    """The errors of a pydantic validation as one rejection that names each field."""
    fields = [
        {"field": ".".join(str(part) for part in each["loc"] if part != "body"), "message": _sentence(each["msg"])}
        for each in errors
    ]
    first = fields[0]
    detail = f"{first['field']}: {first['message']}" if first["field"] else first["message"]
    return Invalid(detail, errors=fields)


async def read_body(request: Request, model: type[Body]) -> Body:
    """The body as ``model``; an empty body counts as ``{}``.

    Parsed here and not by the framework, which would decode it to a dict first (DESIGN: "FastAPI's own work per request
    is what there is to save").

    Raises:
        TooLarge, Invalid
    """
    body = await read_bytes(request)
    return parse(body, model)


async def read_bytes(request: Request) -> bytes:
    """The raw body, refused as soon as it is known to be too large. Raises TooLarge, or ClientDisconnect."""
    body = bytearray()
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > limits.BODY_MAX_BYTES:
            raise TooLarge(f"A body has at most {limits.BODY_MAX_BYTES} bytes.")
        if not message.get("more_body", False):
            return bytes(body)


def parse(body: bytes, model: type[Body]) -> Body:
    """Raises Invalid."""
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_input=False, include_context=False)) from None


def same_origin(request: Request) -> None:
    """Refuses a request that a page of another origin sends with our cookie. Raises OtherOrigin.

    A browser names the page's origin on every write (Fetch standard, "Origin" header); other clients name none.
    """
    origin = request.headers.get("origin")
    if origin is None or "authorization" in request.headers:
        return
    host = request.headers.get("host", "")
    if origin.partition("://")[2].lower() != host.lower():
        raise OtherOrigin(f"This page ({origin}) may not act here.")


def request_body(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """``openapi_extra`` of a route that reads its body with ``read_body``."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route: a problem document for each status."""
    codes = {status: sorted(each.code for each in REJECTIONS if each.status == status) for status in statuses}
    return {
        status: {
            "description": ", ".join(found) or HTTPStatus(status).phrase,
            "content": {_PROBLEM_TYPE: _PROBLEM_SCHEMA},
        }
        for status, found in codes.items()
    }


def complete_openapi(app: FastAPI, *bodies: type[BaseModel]) -> None:
    """Adds the models to ``app``'s OpenAPI that only ``request_body`` and ``problem_responses`` refer to."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        models: tuple[type[BaseModel], ...] = (Problem, *bodies)
        for model in models:
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = schema
        return document

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it


_PROBLEM_SCHEMA: Final = {"schema": {"$ref": "#/components/schemas/Problem"}}


def _bare_problem(status: int, headers: Any) -> Response:
    title = HTTPStatus(status).phrase
    code = title.lower().replace(" ", "-")
    document = {"type": "about:blank", "title": title, "status": status, "detail": title, "code": code}
    return Response(msgspec.json.encode(document), status, headers, _PROBLEM_TYPE)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")
