"""Reads request bodies: limits their size, and parses them into models."""

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_core.web.problems import validation_rejection

Body = TypeVar("Body", bound=BaseModel)


class BodyTooLarge(Invalid):
    """The body is longer than ``limits.BODY_MAX_BYTES``."""

    status = 413


async def read_bytes(request: Request) -> bytes:
    """Reads the raw body, and stops at the size limit. Raises BodyTooLarge, or ClientDisconnect."""
    body = bytearray()
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > limits.BODY_MAX_BYTES:
            raise BodyTooLarge(f"A body has at most {limits.BODY_MAX_BYTES:,} bytes.")
        if not message.get("more_body", False):
            return bytes(body)


def parse(body: bytes, model: type[Body]) -> Body:
    """Parses ``body`` as ``model``; an empty body counts as ``{}``. Raises Invalid.

    FastAPI does not parse it, because it would decode the body to a dict first.
    """
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise validation_rejection(error.errors(include_url=False)) from None
