"""Reads request bodies: checks their size and type, and parses them into models."""

from typing import Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_core.protocol.repeated_names import repeated_member, repetition
from turnout_core.web.problems import validation_rejection

Body = TypeVar("Body", bound=BaseModel)

JSON_TYPE: Final = "application/json"
PATCH_TYPE: Final = "application/merge-patch+json"  # RFC 7396
_TYPE: Final = b"content-type"
_TYPES: Final = {"PATCH": (JSON_TYPE, PATCH_TYPE)}


class BodyTooLarge(Invalid):
    """The body is longer than its limit, ``limits.BODY_MAX_BYTES`` for most."""

    status = 413


class UnsupportedType(Invalid):
    """The body is not JSON by its Content-Type. A form of another page can send only other types."""

    status = 415


async def read_bytes(request: Request) -> bytes:
    """Reads the raw body, and stops at the size limit. An empty one needs no type.

    Raises:
        BodyTooLarge, UnsupportedType: the request is refused.
        ClientDisconnect: the client has left.
    """
    body = await read_untyped(request)
    if body:
        _check_type(request)
    return body


async def read_untyped(request: Request, max_bytes: int = limits.BODY_MAX_BYTES) -> bytes:
    """Reads the raw body of any type, and stops after ``max_bytes``. Raises BodyTooLarge and ClientDisconnect."""
    body = bytearray()
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > max_bytes:
            raise BodyTooLarge(f"A body has at most {max_bytes:,} bytes.")
        if not message.get("more_body", False):
            break
    return bytes(body)


def parse(body: bytes, model: type[Body]) -> Body:
    """Parses ``body`` as ``model``; an empty body counts as ``{}``. Raises Invalid.

    FastAPI does not parse it, because it would decode the body to a dict first.
    """
    try:
        parsed = model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise validation_rejection(error.errors(include_url=False)) from None
    if (name := repeated_member(body)) is not None:
        raise repetition(name)
    return parsed


def _check_type(request: Request) -> None:
    """Raises UnsupportedType unless the request names JSON, with or without parameters (RFC 9110 section 8.3)."""
    given = [value for name, value in request.scope["headers"] if name == _TYPE]
    if given == [b"application/json"]:
        return
    allowed = _TYPES.get(request.method, (JSON_TYPE,))
    names = {value.decode("latin-1").partition(";")[0].strip().lower() for value in given}
    if len(names) != 1 or not names.issubset(allowed):
        raise UnsupportedType(f"A body has the Content-Type {' or '.join(allowed)}.")
