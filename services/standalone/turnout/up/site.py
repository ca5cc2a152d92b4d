"""Serves the built front end: files with a hash in their name are cached for ever, others are revalidated."""

import os
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from turnout.up.compression import accepted, packed_beside

_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HASHED: Final = "assets/"  # Vite puts a hash of the content into these names
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


class Site(StaticFiles):
    """The files of a single-page application: any address without a file gets its page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND or path.startswith(_HASHED):
                raise
            response = await super().get_response("index.html", scope)
        response.headers.update(SECURITY_HEADERS)
        response.headers["Cache-Control"] = _FOR_GOOD if path.startswith(_HASHED) else "no-cache"
        return response

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or its compressed copy if the client accepts that."""
        packed = packed_beside(str(full_path))
        takes = accepted(Headers(scope=scope).get("accept-encoding", "")) if packed else ()
        coding = next((each for each in packed if each in takes), None)
        if coding is None:
            response = super().file_response(full_path, stat_result, scope, status_code)
        else:
            file = packed[coding]
            response = super().file_response(file, os.stat(file), scope, status_code)  # noqa: PTH116 - what the base takes
        if coding is not None and response.status_code != HTTPStatus.NOT_MODIFIED:
            response.headers["Content-Encoding"] = coding
            response.headers["Content-Type"] = FileResponse(full_path).headers["content-type"]
        if packed:
            response.headers.add_vary_header("Accept-Encoding")
        return response


def default_site() -> Path | None:
    """The front end as ``make`` builds it, when this package runs from its repository."""
    built = Path(__file__).parents[4] / "frontend" / "dist"
    return built if (built / "index.html").exists() else None


def api_docs(site: Path) -> Route:
    """The interactive reference of the API at ``/api/docs``; it reads ``/api/openapi.json``."""
    files = Site(directory=site)

    async def page(request: Request) -> Response:
        return await files.get_response("api-docs.html", request.scope)

    return Route("/api/docs", page, include_in_schema=False)


def mount_site(app: FastAPI, site: Path) -> None:
    """Serves ``site`` wherever ``app`` has no route of its own."""
    app.mount("/", Site(directory=site, html=True), name="site")
