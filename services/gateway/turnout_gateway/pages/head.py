"""The head of a page: what search engines and chats show of a link to it."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from turnout_gateway.pages.markup import EMPTY, Markup, data_block, element, encode_json, join

SITE_NAME: Final = "Turnout"
CARD_PX: Final = (1200, 630)
"""Width and height of the picture of an event."""
CALENDAR: Final = "text/calendar"
"""The media type of calendar files (RFC 5545, section 8.1)."""
OEMBED: Final = "application/json+oembed"
"""What https://oembed.com (section 4, "Discovery") calls its answers in links."""


class Alternate(NamedTuple):
    """The page in another form (HTML, section 4.6.7.1). It is left out if its address, ``href``, is empty."""

    media_type: str
    title: str
    href: str

    def render(self) -> Markup:
        if not self.href:
            return EMPTY
        return element("link", rel="alternate", type=self.media_type, title=self.title, href=self.href)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one page.

    Attributes:
        title: of the page, without the name of the site.
        description: one or two sentences; empty for that of the site.
        url: the canonical address, absolute; empty for none.
        image: the address of a picture of ``CARD_PX``, absolute; empty for none.
        is_indexed: False keeps search engines from listing the page.
        is_shared: False gives chats no preview.
        structured: the page for machines, as JSON-LD.
        alternates: the page in other forms.
    """

    title: str
    description: str = ""
    url: str = ""
    image: str = ""
    is_indexed: bool = False
    is_shared: bool = False
    structured: dict[str, Any] | None = None
    alternates: tuple[Alternate, ...] = ()

    @property
    def document_title(self) -> str:
        """The title, as the front end writes it."""
        return f"{self.title} · {SITE_NAME}"

    def render(self) -> bytes:
        """The elements apart from title and description."""
        parts = [
            EMPTY if self.is_indexed else _meta("name", "robots", "noindex"),
            element("link", rel="canonical", href=self.url) if self.url else EMPTY,
            *(each.render() for each in self.alternates),
            *(self._preview() if self.is_shared else ()),
        ]
        machines = (
            b"" if self.structured is None else data_block(encode_json(self.structured), type="application/ld+json")
        )
        return join(parts).encode() + machines

    def _preview(self) -> list[Markup]:
        """Open Graph (ogp.me), and what X reads beside it."""
        width, height = CARD_PX
        graph = {"type": "website", "site_name": SITE_NAME, "title": self.title, "description": self.description}
        if self.url:
            graph["url"] = self.url
        if self.image:
            graph |= {"image": self.image, "image:width": str(width), "image:height": str(height)}
            graph["image:alt"] = self.title
        card = {"card": "summary_large_image" if self.image else "summary"}
        return [
            *(_meta("property", f"og:{key}", value) for key, value in graph.items()),
            *(_meta("name", f"twitter:{key}", value) for key, value in card.items()),
            *(_meta("name", f"twitter:{key}", graph[key]) for key in ("title", "description", "image") if key in graph),
        ]


def _meta(kind: str, name: str, content: str) -> Markup:
    return element("meta", **{kind: name}, content=content)
