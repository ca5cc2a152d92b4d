"""The pages of views: each is made once for all its readers, until the view changes."""

from typing import Final, NamedTuple

import msgspec
from starlette.datastructures import Headers
from starlette.types import Scope

from turnout_core.domain.rejections import EventNotFound
from turnout_core.protocol.items import Card, EventItem, ListItem
from turnout_core.protocol.messages import Snapshot
from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import Peer
from turnout_gateway.pages import event_page, list_page
from turnout_gateway.pages.documents import Document, DocumentCache
from turnout_gateway.pages.markup import data_block
from turnout_gateway.pages.paths import ListPath
from turnout_gateway.pages.shell import Content, Shell
from turnout_gateway.pages.site import Site
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.query import is_event_id
from turnout_gateway.views.shares import Owner
from turnout_gateway.views.view_kind import Address, Viewer

VIEW_BLOCK: Final = "view"
"""The id of the data block with the view of the page (frontend/src/live/pageView.ts)."""

_VISITOR: Final = Viewer()
_decode: Final = msgspec.json.Decoder(Snapshot).decode


class Reader(NamedTuple):
    """A request for a page: its scope, and the shell and the site that its page has."""

    scope: Scope
    shell: Shell
    site: Site


class ViewPages:
    """Renders views. ``cache`` has the documents."""

    def __init__(self, gateway: Gateway, cache: DocumentCache) -> None:
        self._gateway = gateway
        self._cache = cache

    def list(self, path: ListPath, reader: Reader) -> Document:
        """The page of a list. Raises Rejection."""
        address = parse(path.view, None, self._gateway.views.kinds)
        return self._document(address, path.view, _VISITOR, reader, path)

    def event(self, event: str, reader: Reader) -> tuple[Document, bool]:
        """The page of an event, and whether every visitor gets it. Raises EventNotFound and Unavailable."""
        if not is_event_id(event):
            raise EventNotFound
        address = EventAddress(event)
        try:
            return self._document(address, address.canonical, _VISITOR, reader), True
        except EventNotFound:
            viewer = self._identify(reader.scope).viewer
            if viewer.user is None:
                raise
            return self._document(address, address.canonical, viewer, reader), False

    def _document(
        self, address: Address, requested_as: str, viewer: Viewer, reader: Reader, path: ListPath | None = None
    ) -> Document:
        """The page of a view that ``viewer`` may see. Views do not depend on the viewer, nor do their pages."""
        gateway, now_ms = self._gateway, self._gateway.now_ms()
        opener = Owner(self._identify(reader.scope).remote_address, viewer.user)
        view = gateway.open(address, viewer, opener)
        page, version = (requested_as, reader.site), (view.revision, reader.shell.version)
        document = self._cache.find(page, version, now_ms)
        if document is None:
            payload = gateway.read(address, requested_as, viewer, opener).payload
            content, valid_until_ms = _render(payload, reader.site, now_ms, path)
            document = Document(reader.shell.render(content))
            self._cache.add(page, version, valid_until_ms, document)
        return document

    def _identify(self, scope: Scope) -> Peer:
        client = scope["client"]
        return self._gateway.identify_peer(client[0] if client else "", Headers(scope=scope), scope["scheme"])


def _render(payload: bytes, site: Site, now_ms: int, path: ListPath | None) -> tuple[Content, int | None]:
    """The content of the page that shows this view, and until when its words hold."""
    data = data_block(payload, type="application/json", id=VIEW_BLOCK)
    items = _decode(payload).items
    if path is not None:
        cards = [each for each in items if isinstance(each, Card)]
        total = next((each.total for each in items if isinstance(each, ListItem)), len(cards))
        return list_page.list_page(path, cards, total, data, site, now_ms), list_page.valid_until_ms(cards, now_ms)
    event = next(each for each in items if isinstance(each, EventItem))
    return event_page.event_page(event, data, site, now_ms), event_page.valid_until_ms(event, now_ms)
