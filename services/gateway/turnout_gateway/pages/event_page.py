"""The page of one event."""

from typing import Final
from urllib.parse import quote, urlencode

from msgspec import UNSET

from turnout_core.protocol.items import EventItem, Person
from turnout_gateway.pages.frame import bdi, framed, icon, optional
from turnout_gateway.pages.head import CALENDAR, OEMBED, Alternate, Head
from turnout_gateway.pages.markup import EMPTY, Markup, element, join
from turnout_gateway.pages.seat_row import seat_row
from turnout_gateway.pages.shell import Content
from turnout_gateway.pages.site import Site
from turnout_gateway.pages.structured import structured_event
from turnout_gateway.pages.words import (
    days,
    full_day,
    hours,
    is_over,
    machine_time,
    moment,
    seat_words,
    short_day,
    shorten,
)

_DESCRIPTION_CHARS: Final = 200  # what search engines and chats show of it
_MAP: Final = "https://www.openstreetmap.org/search?query="
_NOTE: Final = "To join, turn on JavaScript for this page."


def event_page(event: EventItem, data: bytes, site: Site, now_ms: int) -> Content:
    """The page of an event that the reader may see, with the ``data`` blocks that the front end takes over."""
    is_public = event.visibility is UNSET and event.hidden is UNSET
    is_shared = is_public or (event.visibility == "unlisted" and event.hidden is UNSET)
    image = site.address(f"/events/{quote(event.id)}/card.png") if is_shared else ""
    head = Head(
        title=event.title,
        description=summary(event, now_ms),
        url=site.event(event.id),
        image=image,
        is_indexed=is_public,
        is_shared=is_shared,
        structured=structured_event(event, site, image) if is_public else None,
        alternates=_alternates(event, site) if is_shared else (),
    )
    return Content(head, framed(_body(event, now_ms), is_quiet=True), data, "event")


def _alternates(event: EventItem, site: Site) -> tuple[Alternate, ...]:
    """A calendar file, and what other sites can show: a frame or, where none is allowed, a link with the picture."""
    calendar = site.address(f"/api/events/{quote(event.id)}.ics")
    oembed = site.oembed(site.event(event.id))
    return Alternate(CALENDAR, event.title, calendar), Alternate(OEMBED, event.title, oembed)


def valid_until_ms(event: EventItem, now_ms: int) -> int | None:
    """When the words of the page change although the event does not; None for never."""
    return event.ends_at if event.ends_at > now_ms else None


def summary(event: EventItem, now_ms: int) -> str:
    """When, where, how full it is, and the beginning of the description."""
    when = f"{days(event, full_day)}, {hours(event)}"
    called_off = "Called off" if event.status == "cancelled" else ""
    facts = " · ".join(filter(None, (called_off, when, event.place, seat_words(event, now_ms))))
    return f"{facts}. {shorten(event.description, _DESCRIPTION_CHARS)}" if event.description else facts


def _body(event: EventItem, now_ms: int) -> Markup:
    back = element("a", icon("back"), "All events", href="./", class_="button button-bare -ml-4")
    side = element(
        "div",
        element("noscript", element("p", _NOTE, class_="rounded-2xl bg-glow p-4 font-semibold")),
        element("p", class_="min-h-6"),  # the number of readers, and the button that reports
        element("p", class_="min-h-11"),
        class_="event-side space-y-4",
    )
    description = element(
        "section",
        element("p", event.description, class_="max-w-prose whitespace-pre-line", dir="auto"),
        aria_label="Description",
    )
    page = element(
        "div",
        _hero(event, now_ms),
        side,
        element("div", optional(event.description, description), class_="event-rest space-y-10"),
        class_="event-page mt-2 gap-x-12 gap-y-6 sm:mt-4 sm:gap-y-10",
    )
    return element("div", back, page, class_="pt-2 sm:pt-4")


def _hero(event: EventItem, now_ms: int) -> Markup:
    title = element(
        "div",
        element("h1", bdi(event.title), class_="event-title"),
        join(_chips(event, now_ms)),
        class_="flex flex-wrap items-center gap-x-3 gap-y-1",
    )
    facts = element(
        "p", _hosts(event), _link(event), class_="mt-2 flex flex-wrap items-center gap-x-5 gap-y-1 text-quiet"
    )
    is_off = event.status == "cancelled" or is_over(event, now_ms)
    seats = element(
        "div",
        seat_row(event.going, event.capacity, is_large=True, is_off=is_off),
        element("p", seat_words(event, now_ms), class_="mt-3 font-semibold"),
        class_="mt-6 sm:mt-8",
    )
    return element("header", title, _when(event, now_ms), facts, _tags(event), seats, class_="event-hero")


def _chips(event: EventItem, now_ms: int) -> list[Markup]:
    chips = []
    if event.status == "cancelled":
        chips.append(element("span", "Called off", class_="chip font-semibold bg-off-soft text-off"))
    elif is_over(event, now_ms):
        chips.append(element("span", "Ended", class_="chip font-semibold bg-well text-quiet"))
    if event.visibility is not UNSET:
        chips.append(element("span", event.visibility.capitalize(), class_="chip bg-well font-semibold text-quiet"))
    return chips


def _when(event: EventItem, now_ms: int) -> Markup:
    this_year = moment(now_ms).year
    called_off = " line-through decoration-2" if event.status == "cancelled" else ""
    time = element(
        "time",
        element("span", days(event, full_day, this_year), class_="event-day-wide"),
        element("span", days(event, short_day, this_year), class_="event-day-narrow"),
        f", {hours(event)}",
        datetime=machine_time(event),
        class_=f"event-date{called_off}",
    )
    place = EMPTY
    if event.place:
        dot = element("span", " ·\u00a0", class_="text-quiet", aria_hidden="true")
        classes = "underline decoration-1 underline-offset-3 hover:decoration-2"
        link = element("a", bdi(event.place), href=_MAP + quote(event.place), rel="noreferrer", class_=classes)
        place = join((dot, link))
    return element("div", element("p", time, place), class_="event-when mt-2")


def _hosts(event: EventItem) -> Markup:
    cohosts: tuple[Person, ...] = () if event.cohosts is UNSET else event.cohosts
    hosts = [("Organizer", event.organizer.name), *(("Co-host", each.name) for each in cohosts)]
    shown = [
        element(
            "span",
            element("span", "and " if index else "by ", bdi(name)),
            element("span", icon("star"), role, class_="chip bg-ink px-2! font-semibold text-paper"),
            class_="inline-flex flex-wrap items-center gap-x-1.5",
        )
        for index, (role, name) in enumerate(each for each in hosts if each[1])
    ]
    if not shown:
        return element("span", "The organizer is no longer here")
    return element("span", *shown, class_="flex flex-wrap items-center gap-x-3 gap-y-1")


def _link(event: EventItem) -> Markup:
    if not event.link:
        return EMPTY
    host = event.link.partition("://")[2].partition("/")[0]
    return element(
        "a",
        icon("link"),
        host,
        href=event.link,
        rel="noopener nofollow ugc",
        class_="inline-flex items-center gap-1.5 underline underline-offset-3 hover:text-ink",
    )


def _tags(event: EventItem) -> Markup:
    if not event.tags:
        return EMPTY
    classes = "chip bg-well text-quiet hover:text-ink"
    links = (
        element("li", element("a", bdi(tag), href=f"./?{urlencode({'tag': tag})}", class_=classes))
        for tag in event.tags
    )
    return element("ul", *links, class_="mt-3 flex flex-wrap gap-1.5", aria_label="Tags")
