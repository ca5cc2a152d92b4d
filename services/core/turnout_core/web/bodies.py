"""Request bodies: their size, and their content as a model."""

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_core.web.problems import invalid

Body = TypeVar("Body", bound=BaseModel)


class TooLarge(Invalid):
    """The body is beyond ``limits.BODY_MAX_BYTES``."""

    status = 413


async def read_bytes(request: Request) -> bytes:
    """The raw body, refused as soon as it is known to be too large. Raises TooLarge, or ClientDisconnect."""
    body = bytearray()
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > limits.BODY_MAX_BYTES:
            raise TooLarge(f"A body has at most {limits.BODY_MAX_BYTES:,} bytes.")
        if not message.get("more_body", False):
            return bytes(body)


def parse(body: bytes, model: type[Body]) -> Body:
    """The body as ``model``; an empty body counts as ``{}``. Raises Invalid.

    Parsed here and not by the framework, which would decode it to a dict first.
    """
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise invalid(error.errors(include_url=False)) from None
