"""Short links to events: ``/e/<id>`` leads to ``/events/<id>``."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from turnout_core.domain.rejections import EventNotFound
from turnout_gateway.views.query import is_event_id

_PERMANENT: Final = 308  # RFC 9110 section 15.4.9


async def _redirect(request: Request) -> Response:
    """The address of the page, whether or not there is such an event: the page says that."""
    event: str = request.path_params["event"]
    if not is_event_id(event):
        raise EventNotFound
    query = f"?{request.url.query}" if request.url.query else ""
    # Relative, so that it is right below any path that a proxy strips.
    return RedirectResponse(f"../events/{event}{query}", _PERMANENT, {"Cache-Control": "public, max-age=86400"})


SHORT_LINK: Final = Route("/e/{event}", _redirect, include_in_schema=False)
"""The route of short links."""
