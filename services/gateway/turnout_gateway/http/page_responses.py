"""Responses with pages: validators, codings and headers."""

from typing import Final

from starlette.types import Scope, Send

from turnout_core.web.security_headers import PAGE, RawHeaders, encode
from turnout_gateway.pages.documents import Document

_PAGE_HEADERS: Final[RawHeaders] = encode(PAGE)
_GZIP_MIN_BYTES: Final = 1400  # a smaller page fits into one packet
_FOR_ALL: Final[RawHeaders] = [
    *_PAGE_HEADERS, (b"cache-control", b"no-cache"), (b"vary", b"Accept-Encoding")
]  # fmt: skip
_FOR_ONE: Final[RawHeaders] = [
    *_PAGE_HEADERS, (b"cache-control", b"no-store"), (b"vary", b"Accept-Encoding, Cookie, Authorization")
]  # fmt: skip
_OK: Final = 200
_NOT_MODIFIED: Final = 304


async def send_document(
    scope: Scope, send: Send, document: Document, *, status: int = _OK, for_all: bool = True
) -> None:
    """Sends a document, or that the client has it. Nobody stores one that depends on who asks."""
    asked = {name: value for name, value in scope["headers"] if name in (b"if-none-match", b"accept-encoding")}
    headers = list(_FOR_ALL if for_all else _FOR_ONE)
    if for_all and status == _OK:
        headers.append((b"etag", document.etag))
        if _matches(asked.get(b"if-none-match", b""), document.etag):
            await send({"type": "http.response.start", "status": _NOT_MODIFIED, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
    headers.append((b"content-type", document.media_type))
    body = document.body
    if len(body) >= _GZIP_MIN_BYTES and accepts_gzip(asked.get(b"accept-encoding", b"")):
        body = document.gzip
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def accepts_gzip(header: bytes) -> bool:
    """True if an Accept-Encoding names gzip and does not refuse it (RFC 9110 section 12.5.3)."""
    for part in header.lower().split(b","):
        coding, _, weight = part.partition(b";")
        if coding.strip() == b"gzip":
            return weight.replace(b" ", b"").rstrip(b"0").rstrip(b".") != b"q="
    return False


def _matches(header: bytes, etag: bytes) -> bool:
    """The weak comparison of If-None-Match (RFC 9110 section 13.1.2)."""
    if not header:
        return False
    tags = [each.strip().removeprefix(b"W/") for each in header.split(b",")]
    return b"*" in tags or etag.removeprefix(b"W/") in tags
