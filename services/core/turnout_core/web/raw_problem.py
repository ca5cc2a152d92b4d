"""Responses that are written to a connection without the app."""

from http import HTTPStatus

import msgspec

from turnout_core.domain.rejections import Unavailable
from turnout_core.web.security_headers import API_HEAD


def raw_problem(status: HTTPStatus, detail: str) -> bytes:
    """A whole response with a problem document (RFC 9457), after which the connection closes."""
    is_unavailable = status is HTTPStatus.SERVICE_UNAVAILABLE
    code = Unavailable.code if is_unavailable else "invalid"
    retry = f"retry-after: {Unavailable.retry_after_s}\r\n" if is_unavailable else ""
    body = msgspec.json.encode(
        {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, "code": code}
    )
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n{retry}"
        f"content-length: {len(body)}\r\n{API_HEAD}connection: close\r\n\r\n"
    )
    return head.encode() + body
