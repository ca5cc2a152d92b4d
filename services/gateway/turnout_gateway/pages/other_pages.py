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
    """There is no such event for the reader."""
    return _without_event("We can't find this event", _LINK_IS_WRONG)


def gone_event_page() -> Content:
    """The event was deleted. Everyone could see it until then, so everyone may know."""
    return _without_event("This event is gone", "It was deleted.")


def _without_event(title: str, text: str) -> Content:
    """Tells readers without JavaScript that there is no event, and leaves the page of all others to the front end.

    An invitation is in the fragment of the address, which no server sees. So only the front end knows who is invited.
    """
    return Content(Head("Not found"), element("noscript", framed(notice(title, text))), chunks="event")
