"""The built front end, served as files: what its name pins is cached for good, the rest is asked for again."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

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
    """The files of a single-page application: an address that names no file is one of its pages."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND or path.startswith((_HASHED, "api/")):
                raise
            response = await super().get_response("index.html", scope)
        response.headers.update(SECURITY_HEADERS)
        response.headers["Cache-Control"] = _FOR_GOOD if path.startswith(_HASHED) else "no-cache"
        return response


def default_site() -> Path | None:
    """The front end as ``make`` builds it, when this package runs from its repository."""
    built = Path(__file__).parents[3] / "frontend" / "dist"
    return built if (built / "index.html").exists() else None


def mount_site(app: FastAPI, site: Path) -> None:
    """Serves ``site`` wherever ``app`` has no route of its own."""
    app.mount("/", Site(directory=site, html=True), name="site")
