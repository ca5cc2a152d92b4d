"""Serves the built front end. Browsers cache files with a hash in their name for ever and revalidate all others."""

import os
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from turnout.up.compression import accepted_codings, compressed_copies
from turnout_core.web.security_headers import PAGE, embedded_page

INDEX: Final = "index.html"
_BASE: Final = '<base href="/"'
_EMBED: Final = "embed/"
_HASHED: Final = "assets/"  # Vite puts a hash of the content into these names
_CACHE_FOR_EVER: Final = "public, max-age=31536000, immutable"


class Site(StaticFiles):
    """The files of the front end.

    Args:
        directory: of the files.
        base_path: below which a proxy serves the site, such as ``/turnout``; ``index.html`` says it to the page.
        embed_origins: origins whose pages may frame those below ``/embed/``.

    Attributes:
        missing: answers for a path without a file; by itself, ``serve_index``.
    """

    def __init__(self, directory: Path, base_path: str = "", embed_origins: Sequence[str] = ()) -> None:
        super().__init__(directory=directory, html=True)
        self._base_path = base_path
        self._embed = embedded_page(embed_origins)
        self.missing: ASGIApp = self.serve_index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.get_path(scope).startswith(_EMBED):
            await self.serve_index(scope, receive, send)
            return
        try:
            await super().__call__(scope, receive, send)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND or self.get_path(scope).startswith(_HASHED):
                raise
            await self.missing(scope, receive, send)

    async def serve_index(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with ``index.html``, whose script shows every page."""
        response = await self.get_response(INDEX, scope)
        await response(scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(self._embed if self.get_path(scope).startswith(_EMBED) else PAGE)
        response.headers["Cache-Control"] = _CACHE_FOR_EVER if path.startswith(_HASHED) else "no-cache"
        return response

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Responds with the file, or with its compressed copy if the client accepts that coding."""
        if self._base_path and Path(full_path).name == INDEX:
            page = Path(full_path).read_text().replace(_BASE, f'<base href="{self._base_path}/"')
            return HTMLResponse(page, status_code)
        copies = compressed_copies(str(full_path))
        codings = accepted_codings(Headers(scope=scope).get("accept-encoding", "")) if copies else ()
        coding = next((each for each in copies if each in codings), None)
        if coding is None:
            response = super().file_response(full_path, stat_result, scope, status_code)
        else:
            file = copies[coding]
            response = super().file_response(file, os.stat(file), scope, status_code)  # noqa: PTH116 - the base class expects a string
        if coding is not None and response.status_code != HTTPStatus.NOT_MODIFIED:
            response.headers["Content-Encoding"] = coding
            response.headers["Content-Type"] = FileResponse(full_path).headers["content-type"]
        if copies:
            response.headers.add_vary_header("Accept-Encoding")
        return response


def default_site() -> Path | None:
    """The folder where ``make`` builds the front end; None if it is not built, or outside the repository."""
    built = Path(__file__).parents[4] / "frontend" / "dist"
    return built if (built / "index.html").exists() else None


def api_docs(site: Site) -> Route:
    """The route of the interactive API reference ``/api/docs``, which reads ``/api/openapi.json``."""

    async def page(request: Request) -> Response:
        return await site.get_response("api-docs.html", request.scope)

    return Route("/api/docs", page, include_in_schema=False)
