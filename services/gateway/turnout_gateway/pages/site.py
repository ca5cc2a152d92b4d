"""The public addresses of an instance."""

from typing import NamedTuple
from urllib.parse import quote, urlencode


class Site(NamedTuple):
    """The place where people reach the instance.

    Attributes:
        root: scheme, host and the path below which it is served, such as ``https://events.example/turnout``; empty if
            that is not known, and then there are no absolute addresses.
        is_framed: True if other sites may frame its pages.
    """

    root: str
    is_framed: bool = False

    def address(self, path: str, **parameters: str) -> str:
        """The absolute address of a path such as ``/events/abc``; empty if that is not known."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return f"{self.root}{path}{query}" if self.root else ""

    def oembed(self, url: str) -> str:
        """The address that says how other sites can show the page at ``url``; empty for an empty one."""
        return self.address("/api/oembed", url=url) if url else ""

    def event(self, event: str) -> str:
        return self.address(f"/events/{quote(event)}")
