"""Pages of Turnout for other sites (https://oembed.com, version 1.0). Pure."""

from html import escape
from typing import Final, Literal, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from turnout_core.domain import limits
from turnout_gateway.pictures.card import HEIGHT, WIDTH
from turnout_gateway.views.query import is_event_id

_EVENT_SIZE: Final = (560, 320)
_LIST_SIZE: Final = (560, 640)
_SMALLEST: Final = 160  # pixels; a smaller frame shows nothing
_PATHS_OF_EVENTS: Final = ("/events/", "/e/", "/embed/events/")
_PATHS_OF_LISTS: Final = ("", "/", "/embed/events")


class OEmbed(Struct, frozen=True, gc=False, kw_only=True):
    """``GET /api/oembed``: a frame for another page or, where the operator allows no frames, a link with a picture.

    Attributes:
        html: the frame; with ``width`` and ``height`` in pixels, for the type ``rich`` only.
        cache_age: seconds.
        thumbnail_url: the picture of an event; absent for a list.
    """

    type: Literal["rich", "link"]
    version: Literal["1.0"] = "1.0"
    title: str
    provider_name: str = "Turnout"
    provider_url: str
    cache_age: int = 300
    html: str | UnsetType = UNSET
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
    thumbnail_url: str | UnsetType = UNSET
    thumbnail_width: int | UnsetType = UNSET
    thumbnail_height: int | UnsetType = UNSET


class Page(NamedTuple):
    """A page of this site.

    Attributes:
        site: the address of the site, such as ``https://events.example/turnout``.
        event: id of the event; None for a list.
        tag: of the list; empty for all events.
    """

    site: str
    event: str | None
    tag: str = ""


def parse_page(url: str, base_path: str) -> Page | None:
    """The page at ``url``; None if no page there can be framed. The caller checks the origin."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path
    if not path.startswith(base_path):
        return None
    path, site = path.removeprefix(base_path), f"{parts.scheme}://{parts.netloc}{base_path}"
    if path in _PATHS_OF_LISTS:
        tag = parse_qs(parts.query).get("tag", [""])[0]
        return Page(site, None, tag) if len(tag) <= limits.TAG_MAX_CHARS else None
    for start in _PATHS_OF_EVENTS:
        if path.startswith(start) and is_event_id(path.removeprefix(start)):
            return Page(site, path.removeprefix(start))
    return None


def document(page: Page, title: str, *, is_framed: bool, width_max: int | None, height_max: int | None) -> OEmbed:
    """The page for another site, which has room for ``width_max`` times ``height_max`` pixels.

    ``is_framed`` is true if the operator lets other sites frame pages.
    """
    found = OEmbed(type="link", title=title, provider_url=f"{page.site}/")
    if page.event is not None:
        picture = f"{page.site}/events/{page.event}/card.png"
        found = replace(found, thumbnail_url=picture, thumbnail_width=WIDTH, thumbnail_height=HEIGHT)
    if not is_framed:
        return found
    size = _EVENT_SIZE if page.event is not None else _LIST_SIZE
    width = max(_SMALLEST, min(size[0], width_max or size[0]))
    height = max(_SMALLEST, min(size[1], height_max or size[1]))
    part = f"/{page.event}" if page.event is not None else f"?tag={quote(page.tag, safe='')}" if page.tag else ""
    html = (
        f'<iframe src="{escape(f"{page.site}/embed/events{part}")}" width="{width}" height="{height}" '
        f'title="{escape(title)}" style="border:0;max-width:100%" loading="lazy"></iframe>'
    )
    return replace(found, type="rich", html=html, width=width, height=height)
