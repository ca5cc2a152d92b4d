"""Compresses responses to reads, and finds the site's files that the build has compressed."""

import os
from collections.abc import Container
from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

SUFFIXES: Final = (("br", ".br"), ("gzip", ".gz"))  # the smaller result first; frontend/scripts/compress.ts makes both

# A smaller response fits into one packet without compression.
_MIN_BYTES: Final = 1400
_LEVEL: Final = 4  # 50 events: less than half the time of level 9, for 3 % more bytes


class CompressedReads(GZipMiddleware):
    """Compresses responses to GET and HEAD under ``/api/`` that need more than one packet.

    Responses to writes are left alone, since they are small and frequent, as are the live streams at the paths
    ``endless``.
    """

    def __init__(self, app: ASGIApp, endless: Container[str]) -> None:
        super().__init__(app, _MIN_BYTES, _LEVEL)
        self._endless = endless

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and self._is_read(scope["path"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_read(self, path: str) -> bool:
        return path.startswith("/api/") and path not in self._endless


def compressed_copies(file: str) -> dict[str, str]:
    """Maps each coding to the compressed copy of ``file``, if the build made one."""
    return {coding: file + suffix for coding, suffix in SUFFIXES if os.path.isfile(file + suffix)}  # noqa: PTH113 - two stats


def accepted_codings(header: str) -> set[str]:
    """The codings that an Accept-Encoding names and does not refuse (RFC 9110 section 12.5.3)."""
    codings = set()
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            codings.add(coding.strip())
    return codings
