"""Pictures of events at the addresses of their pages, for the previews of shared links."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from turnout_core.domain.access import VISITOR
from turnout_core.domain.rejections import EventNotFound
from turnout_gateway.gateway import Gateway
from turnout_gateway.pictures.facts import card_facts
from turnout_gateway.views.query import is_event_id
from turnout_gateway.views.visibility import visible_event

CARD_PATH: Final = "/events/{event}/card.png"
_HEADERS: Final = {
    # Caches ask each time, so what is withdrawn is gone at once. Most answers are 304 (RFC 9111 section 5.2.2.4).
    "Cache-Control": "public, no-cache",
    # Pages of other sites may show the picture, as chats do (Fetch Standard, "Cross-Origin-Resource-Policy").
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def card_route(gateway: Gateway) -> Route:
    """The route of the pictures: PNG, 1200 x 630, the same for all viewers: what a visitor may see.

    FastAPI would take more time than the picture in the cache.
    """

    async def card(request: Request) -> Response:
        event: str = request.path_params["event"]
        state = await gateway.wait_for(None)
        if not is_event_id(event):
            raise EventNotFound
        try:
            found = visible_event(state, event, VISITOR)
        except EventNotFound:
            gateway.pictures.forget(event)
            raise
        picture = await gateway.pictures.picture(event, card_facts(found))
        headers = {**_HEADERS, "ETag": picture.etag}
        if picture.etag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        return Response(picture.png, media_type="image/png", headers=headers)

    return Route(CARD_PATH, card, include_in_schema=False)
