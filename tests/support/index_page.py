"""An ``index.html`` as the build makes it, a server of it, and the reading of pages with an HTML parser."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

INDEX: Final = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <base href="/" />
    <title>Turnout</title>
    <meta name="description" content="See what's on." />
    <script type="module" crossorigin src="./assets/index-abc.js"></script>
    <!--chunks event: <link rel="modulepreload" href="./assets/EventPage-abc.js">-->
  </head>
  <body>
    <div id="app"></div>
    <noscript><p>Turn on JavaScript.</p></noscript>
  </body>
</html>
"""
_VOID: Final = frozenset({"meta", "link", "base", "path", "circle", "br", "img"})


class IndexServer:
    """Serves ``text`` at ``url``. ``version`` is what its answers call it; ``requests`` counts them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.text = INDEX
        self.version = "1"
        self.status = 200
        self.requests = 0


@contextmanager
def index_server() -> Iterator[IndexServer]:
    """Serves an ``index.html``, as the edge does, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.requests += 1
            body = served.text.encode()
            self.send_response(served.status)
            self.send_header("Turnout-Index", served.version)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = IndexServer(f"http://127.0.0.1:{server.server_address[1]}/index.html")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield served
        server.shutdown()


class Page(HTMLParser):
    """A parsed page.

    Attributes:
        meta: contents by name or property.
        links: addresses by relation.
        elements: names of all elements with their attributes.
        text: of the body, without scripts, on one line.
        blocks: the JSON of the data blocks, by type.
        scripts: the sources of the scripts that browsers run; "" for one that is in the page.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self.title = ""
        self.meta: dict[str, str] = {}
        self.links: dict[str, list[str]] = {}
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: dict[str, Any] = {}
        self.scripts: list[str] = []
        self._open: list[str] = []
        self._block: str | None = None
        self._texts: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == [], f"these elements have no end: {self._open}"

    @property
    def text(self) -> str:
        return " ".join("".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag == "meta":
            self.meta[found.get("name") or found.get("property") or ""] = found.get("content") or ""
        if tag == "link":
            self.links.setdefault(found["rel"] or "", []).append(found["href"] or "")
        if tag == "script":
            self._block = found.get("type") if "json" in (found.get("type") or "") else None
            if self._block is None:
                self.scripts.append(found.get("src") or "")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self._open, f"</{tag}> ends nothing"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self._open:
            if self._block is not None:
                self.blocks[self._block] = json.loads(data)
        elif "title" in self._open:
            self.title += data
        elif "body" in self._open:
            self._texts.append(data if data.strip() else " ")

    def classes(self) -> set[str]:
        """All classes of all elements."""
        return {each for _, attributes in self.elements for each in (attributes.get("class") or "").split()}
