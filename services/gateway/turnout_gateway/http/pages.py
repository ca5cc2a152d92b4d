"""The pages of the product, each with what a reader without JavaScript sees."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from turnout_core.domain.rejections import EventNotFound, Rejection, Unavailable
from turnout_gateway.gateway import Gateway
from turnout_gateway.http.page_responses import send_document
from turnout_gateway.http.public_site import PublicSite
from turnout_gateway.http.view_pages import Reader, ViewPages
from turnout_gateway.pages.documents import Document, DocumentCache
from turnout_gateway.pages.other_pages import gone_event_page, missing_event_page, missing_page, plain_page
from turnout_gateway.pages.paths import EventPath, ListPath, PagePath, PlainPath, find_page
from turnout_gateway.pages.shell import Content, Shell
from turnout_gateway.runtime.shells import VERSION_HEADER, ShellSource

_VERSION_HEADER: Final = VERSION_HEADER.encode()
_NOT_FOUND: Final = 404
_GONE: Final = 410


class Pages:
    """An ASGI app that answers GET and HEAD with pages.

    A page shows what a visitor may see, so all readers get the same bytes. Only the page of an event that visitors may
    not see depends on who asks: those who may see it get it, all others what they get for an event that does not exist.

    Args:
        plain: answers with the page as it is built, while there is no shell to put anything into.
    """

    def __init__(self, gateway: Gateway, shells: ShellSource, site: PublicSite, plain: ASGIApp) -> None:
        self._gateway = gateway
        self._shells = shells
        self._site = site
        self._plain = plain
        self._cache = DocumentCache()
        self._views = ViewPages(gateway, self._cache)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        version = next((value for name, value in scope["headers"] if name == _VERSION_HEADER), None)
        shell = await self._shells.find(None if version is None else version.decode("latin-1"))
        if shell is None:
            await self._plain(scope, receive, send)
            return
        page = find_page(scope["path"], scope["query_string"].decode("latin-1"))
        reader = Reader(scope, shell, self._site.of(scope))
        plain = self._fixed(shell, "shell", None)  # the front end says what is wrong, and tries again
        if not self._gateway.accepts_connections():
            await send_document(scope, send, plain)
            return
        try:
            await self._answer(page, reader, send)
        except Unavailable:
            await send_document(scope, send, plain)

    async def _answer(self, page: PagePath | None, reader: Reader, send: Send) -> None:
        scope, shell, _ = reader
        match page:
            case EventPath():
                await self._answer_event(page, reader, send)
            case ListPath():
                await send_document(scope, send, self._list(page, reader))
            case PlainPath(title):
                await send_document(scope, send, self._fixed(shell, title, plain_page(title)))
            case None:
                missing = self._fixed(shell, "missing page", missing_page())
                await send_document(scope, send, missing, status=_NOT_FOUND)

    async def _answer_event(self, page: EventPath, reader: Reader, send: Send) -> None:
        scope, shell, _ = reader
        try:
            document, is_public = self._views.event(page.event, reader)
        except EventNotFound:
            if self._gateway.views.is_gone(page.event):
                gone = self._fixed(shell, "gone event", gone_event_page())
                await send_document(scope, send, gone, status=_GONE)
                return
            missing = self._fixed(shell, "missing event", missing_event_page())
            await send_document(scope, send, missing, status=_NOT_FOUND, for_all=False)
            return
        if page.is_form:
            document = self._fixed(shell, "form", plain_page("Edit event"))
        await send_document(scope, send, document, for_all=is_public)

    def _list(self, page: ListPath, reader: Reader) -> Document:
        try:
            return self._views.list(page, reader)
        except Unavailable:
            raise
        except Rejection:  # such as a tag of no letters, about which the front end knows what to say
            return self._fixed(reader.shell, page.title, plain_page(page.title))

    def _fixed(self, shell: Shell, name: str, content: Content | None) -> Document:
        """A page that is the same as long as the shell is; the plain shell without ``content``."""
        page = ("fixed", name)
        document = self._cache.find(page, shell.version, 0)
        if document is None:
            document = Document(shell.plain if content is None else shell.render(content))
            self._cache.add(page, shell.version, None, document)
        return document
