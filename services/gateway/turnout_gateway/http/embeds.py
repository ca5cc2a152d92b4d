"""``GET /api/oembed``: other sites ask here how to show a page of this one (https://oembed.com)."""

from collections.abc import Collection
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from turnout_core.domain.access import VISITOR
from turnout_core.domain.rejections import EventNotFound
from turnout_core.runtime.origins import ANY, Origin
from turnout_core.web.openapi import json_body, problem_responses
from turnout_core.web.origin import is_allowed
from turnout_gateway.gateway import Gateway
from turnout_gateway.http.oembed_document import OEmbed, Page, document, parse_page
from turnout_gateway.http.view_responses import JSON
from turnout_gateway.settings import Settings
from turnout_gateway.views.visibility import visible_event

_URL_MAX_CHARS: Final = 500

Room = Annotated[int | None, Query(ge=1, le=10_000, description="pixels")]


def routes(gateway: Gateway, settings: Settings) -> APIRouter:
    """The read for other sites. A page that a visitor may not see does not exist."""
    router = APIRouter(tags=["views"])
    origins = {*settings.origins, _start(settings.url or "")} - {ANY}

    @router.get(
        "/api/oembed",
        operation_id="get_oembed",
        summary="Find out how another site can show a page",
        responses={200: json_body(OEmbed), **problem_responses(404, 422, 501, 503)},
    )
    async def get_oembed(
        request: Request,
        url: Annotated[
            str, Query(max_length=_URL_MAX_CHARS, description="address of the page of an event, or of a list")
        ],
        maxwidth: Room = None,
        maxheight: Room = None,
        response_format: Annotated[str, Query(alias="format", max_length=10, description="only `json`")] = "json",
    ) -> Response:
        """A frame with the live page or, without `TURNOUT_EMBED_ORIGINS`, a link with a picture."""
        if response_format != "json":
            raise HTTPException(501)  # https://oembed.com, section 2.3.2
        page = _page_of_this_site(url, request, origins, settings.base_path)
        state = await gateway.wait_for(None)
        title = f"Events tagged {page.tag}" if page.tag else "Events"
        if page.event is not None:
            title = visible_event(state, page.event, VISITOR).details.title
        found = document(page, title, is_framed=bool(settings.embed_origins), width_max=maxwidth, height_max=maxheight)
        return Response(msgspec.json.encode(found), media_type=JSON)

    return router


def _page_of_this_site(url: str, request: Request, origins: Collection[str], base_path: str) -> Page:
    """The page at ``url``. Raises EventNotFound if there is none here.

    Behind a proxy that ends TLS and does not say so, the scheme of the request is another one.
    """
    origin, page = Origin.parse(_start(url)), parse_page(url, base_path)
    host = request.headers.get("host", "")
    if origin is None or page is None or not is_allowed(str(origin), origin.scheme, host, origins):
        raise EventNotFound("There is no such page here.")
    return page


def _start(url: str) -> str:
    """The origin in an address; something else if the address has none."""
    return "/".join(url.split("/", 3)[:3])
