"""The pages without content of their own, and those that say that there is none."""

from typing import Final

from turnout_gateway.pages.frame import framed, notice
from turnout_gateway.pages.head import Head
from turnout_gateway.pages.markup import element
from turnout_gateway.pages.shell import Content

_LINK_IS_WRONG: Final = "It may have been deleted, or the link is wrong."


def plain_page(title: str) -> Content:
    """A page that the front end fills, and that nobody finds by a search."""
    return Content(Head(title))


def missing_page() -> Content:
    """No page has this address."""
    return Content(Head("Not found"), framed(notice("We can't find this page", _LINK_IS_WRONG)))


def missing_event_page() -> Content:
    """There is no such event for the reader.

    An invitation is in the fragment of the address, which no server sees. So only readers without JavaScript are told
    at once; the front end knows who is invited, and tells the others.
    """
    return Content(
        Head("Not found"),
        element("noscript", framed(notice("We can't find this event", _LINK_IS_WRONG))),
        chunks="event",
    )
