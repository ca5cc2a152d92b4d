"""Compresses responses to reads, and finds the files of the site that the build has compressed."""

import os
from collections.abc import Container
from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PACKED: Final = (("br", ".br"), ("gzip", ".gz"))  # the better one first; frontend/scripts/compress.ts makes both

# A smaller response fits into one packet anyway.
_WORTH_BYTES: Final = 1400
_LEVEL: Final = 4  # 50 events: less than half the time of level 9, for 3 % more bytes


class CompressedReads(GZipMiddleware):
    """Compresses responses to GET and HEAD under ``/api/`` of more than a packet.

    Not those to writes, which are small and frequent, and not the live links at ``endless``.
    """

    def __init__(self, app: ASGIApp, endless: Container[str]) -> None:
        super().__init__(app, _WORTH_BYTES, _LEVEL)
        self._endless = endless

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and self._ours(scope["path"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _ours(self, path: str) -> bool:
        return path.startswith("/api/") and path not in self._endless


def packed_beside(file: str) -> dict[str, str]:
    """Maps each coding to the compressed copy of ``file``, if the build made one."""
    return {coding: file + suffix for coding, suffix in PACKED if os.path.isfile(file + suffix)}  # noqa: PTH113 - two stats


def accepted(header: str) -> set[str]:
    """The codings that an Accept-Encoding names and does not refuse (RFC 9110 section 12.5.3)."""
    codings = set()
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            codings.add(coding.strip())
    return codings
