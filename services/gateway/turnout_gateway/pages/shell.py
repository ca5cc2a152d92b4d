"""The built ``index.html``, cut where a page puts what it shows."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from turnout_gateway.pages.head import Head
from turnout_gateway.pages.markup import EMPTY, Markup

_BASE: Final = '<base href="/"'
_TITLE: Final = re.compile(r"<title>.*?</title>", re.DOTALL)
_DESCRIPTION: Final = re.compile(r'<meta name="description" content="([^"]*)"\s*/?>')
_HEAD_END: Final = "</head>"
_ROOT: Final = '<div id="app"></div>'
_BODY_END: Final = "</body>"
_SCRIPT: Final = b'<script type="module" '
_LATER_SCRIPT: Final = b'<script type="module" fetchpriority="low" '
_CHUNKS: Final = re.compile(r"<!--chunks (\w+):(.*?)-->", re.DOTALL)


class NoShell(ValueError):
    """The text is not the ``index.html`` of the front end."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a page.

    Attributes:
        body: inside the element that the front end fills.
        data: after it: data blocks.
        chunks: the name of the page, whose scripts and styles load at once.
    """

    head: Head
    body: Markup = EMPTY
    data: bytes = b""
    chunks: str = ""


class Shell:
    """One ``index.html``.

    Args:
        base_path: below which a proxy serves everything, such as ``/turnout``.
        version: differs for every other text.

    Attributes:
        plain: the page without content, as the front end starts by itself.

    Raises NoShell.
    """

    def __init__(self, text: str, base_path: str = "", version: str = "") -> None:
        text = text.replace(_BASE, f'<base href="{base_path}/"')
        self.version = version
        self.plain = text.encode()
        described, titled = _DESCRIPTION.search(text), _TITLE.search(text)
        places = [text.find(each) for each in (_HEAD_END, _ROOT, _BODY_END)]
        if described is None or titled is None or -1 in places or places != sorted(places):
            raise NoShell("index.html lacks a title, a description, or the element that the front end fills")
        self._description = described[1]
        self._chunks = {name: chunks.strip().encode() for name, chunks in _CHUNKS.findall(text)}
        marked = _DESCRIPTION.sub("\0", _TITLE.sub("\0", _CHUNKS.sub("", text), 1), 1)
        for mark, replacement in (
            (_HEAD_END, f"\0{_HEAD_END}"),
            (_ROOT, '<div id="app">\0</div>'),
            (_BODY_END, "\0</body>"),
        ):
            marked = marked.replace(mark, replacement, 1)
        self._is_title_first = titled.start() < described.start()
        self._parts = [part.encode() for part in marked.split("\0")]
        # Content needs styles and fonts, and no script: scripts may come after them.
        self._parts_with_content = [part.replace(_SCRIPT, _LATER_SCRIPT) for part in self._parts]

    def render(self, content: Content) -> bytes:
        """The page, as UTF-8."""
        head = content.head
        title = f"<title>{escape(head.document_title, quote=False)}</title>".encode()
        described = escape(head.description) if head.description else self._description
        description = f'<meta name="description" content="{described}">'.encode()
        first, second = (title, description) if self._is_title_first else (description, title)
        parts = self._parts_with_content if content.body else self._parts
        start, between, rest_of_head, to_root, after_root, end = parts
        return b"".join((
            start, first, between, second, rest_of_head, head.render(), self._chunks.get(content.chunks, b""), to_root,
            content.body.encode(), after_root, content.data, end,
        ))  # fmt: skip
