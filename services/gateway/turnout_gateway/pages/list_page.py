"""The page of a list of events."""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlencode

from turnout_core.protocol.items import Card
from turnout_gateway.pages.day_groups import groups, next_change_ms
from turnout_gateway.pages.frame import bdi, framed, icon, optional
from turnout_gateway.pages.head import CALENDAR, OEMBED, Alternate, Head
from turnout_gateway.pages.markup import Markup, element, join
from turnout_gateway.pages.paths import ListPath
from turnout_gateway.pages.seat_row import seat_row
from turnout_gateway.pages.shell import Content
from turnout_gateway.pages.site import Site
from turnout_gateway.pages.words import (
    card_time,
    day_parts,
    is_over,
    local_start,
    machine_time,
    seat_words,
)

_CARDS_MAX: Final = 30  # what a reader sees at first, and more; all others are in the data
_DESCRIPTION: Final = "See what's on, join, and watch the room fill up."
_HEADINGS: Final = {"upcoming": "What\u2019s on", "past": "Past events"}
_TABS: Final = (("upcoming", "Upcoming"), ("mine", "My events"), ("past", "Past events"))
_EMPTY: Final = {
    "upcoming": ("The room is empty", "Create the first event, and watch it fill up."),
    "past": ("No past events yet", "Events move here when they end."),
}


def list_page(path: ListPath, cards: Sequence[Card], total: int, data: bytes, site: Site, now_ms: int) -> Content:
    """The page of a list of ``total`` events, with its first cards and the ``data`` that the front end takes over."""
    head = Head(
        title=path.title,
        description=_DESCRIPTION,
        url=site.address("/", **path.parameters),
        is_indexed=True,
        is_shared=True,
        alternates=_alternates(path, site) if path.when == "upcoming" else (),
    )
    return Content(head, framed(_body(path, cards, total, now_ms)), data)


def _alternates(path: ListPath, site: Site) -> tuple[Alternate, ...]:
    """The feed and the frame of the events to come; without a frame, oEmbed has nothing to show of a list."""
    feed = Alternate(CALENDAR, path.title, site.address("/api/feeds/public.ics", **path.parameters))
    oembed = Alternate(OEMBED, path.title, site.oembed(site.address("/", **path.parameters)))
    return (feed, oembed) if site.is_framed else (feed,)


def valid_until_ms(cards: Iterable[Card], now_ms: int) -> int | None:
    """When the words of the page change although no event does; None for never."""
    return min(filter(None, (next_change_ms(card, now_ms) for card in cards)), default=None)


def _body(path: ListPath, cards: Sequence[Card], total: int, now_ms: int) -> Markup:
    heading = element(
        "div",
        element("h1", _HEADINGS[path.when], class_="text-4xl sm:text-5xl"),
        element(
            "div",
            optional(path.when == "upcoming", _subscribe(path)),
            element(
                "p",
                element("span", f"{total:,} {'event' if total == 1 else 'events'}"),
                class_="min-h-7.5 min-w-24 text-quiet min-[22rem]:text-right",
            ),
            class_="flex flex-wrap items-center",
        ),
        class_="flex flex-wrap items-end justify-between gap-x-6 pt-3 pb-5 sm:pt-4",
    )
    if not cards:
        title, text = ("No matches", "See all events.") if path.tag else _EMPTY[path.when]
        rows = element(
            "div",
            element("h2", title, class_="mt-6 text-3xl"),
            element("p", text, class_="mt-2 text-quiet"),
            class_="mx-auto max-w-md py-20 text-center",
        )
    else:
        rows = join(_days(cards[:_CARDS_MAX], now_ms))
    more = f"{total - _CARDS_MAX:,} more events follow. To see them, turn on JavaScript."
    rest = element("noscript", element("p", more, class_="py-5 text-quiet"))
    area = element("div", rows, optional(total > _CARDS_MAX and cards, rest), class_="mt-4")
    return join((heading, _filter(path), area))


def _subscribe(path: ListPath) -> Markup:
    """The feed, where the front end has a menu of ways to it."""
    tag = f"?{urlencode({'tag': path.tag})}" if path.tag else ""
    return element(
        "a",
        icon("calendar"),
        element("span", "Subscribe", class_="max-sm:hidden"),
        href=f"api/feeds/public.ics{tag}",
        class_="button button-bare",
        aria_label="Subscribe",
    )


def _filter(path: ListPath) -> Markup:
    """The tabs, and the room of what the front end puts beside and below them."""
    tabs = (
        element(
            "a",
            word,
            href="./" if when == "upcoming" else f"./?{urlencode({'when': when})}",
            aria_current="page" if when == path.when else None,
            class_="button px-4! py-1! min-h-9! text-sm "
            + ("bg-leaf text-ink" if when == path.when else "text-quiet hover:text-ink"),
        )
        for when, word in _TABS
    )
    return element(
        "div",
        element("nav", *tabs, class_="flex max-w-full flex-wrap rounded-3xl bg-well p-1", aria_label="Which events"),
        element("div", class_="min-h-11 min-w-0 flex-[1_1_13rem]"),
        element("div", class_="min-h-9 basis-full"),
        class_="flex flex-wrap items-center gap-x-6 gap-y-3",
    )


def _days(cards: Sequence[Card], now_ms: int) -> Iterable[Markup]:
    for words, group in groups(cards, now_ms).items():
        yield element(
            "section",
            element("h2", words, class_="list-label text-2xl"),
            element(
                "div", *(element("div", _card(each, now_ms), class_="list-row") for each in group), class_="list-cards"
            ),
            class_="list-day",
        )


def _card(card: Card, now_ms: int) -> Markup:
    weekday, day, month = day_parts(local_start(card))
    stub = element(
        "div",
        element("span", weekday, class_="text-xs font-semibold tracking-wide text-quiet uppercase"),
        element("span", day, class_="my-1 font-display text-4xl font-bold"),
        element("span", month, class_="text-xs font-semibold tracking-wide uppercase text-accent"),
        class_="stub flex flex-col items-center justify-center text-center leading-none",
        aria_hidden="true",
    )
    called_off = card.status == "cancelled"
    title = element(
        "h3",
        element("a", bdi(card.title), href=f"events/{card.id}", class_="title"),
        class_="text-xl line-through decoration-2" if called_off else "text-xl",
    )
    time = element("time", card_time(card), datetime=machine_time(card), class_="text-ink")
    by = element("span", "by ", bdi(card.organizer.name)) if card.organizer.name else ""
    place = (
        element("span", icon("place"), bdi(card.place), class_="inline-flex items-center gap-1.5") if card.place else ""
    )
    meta = element("div", time, by, place, class_="meta text-[0.9375rem] text-quiet")
    is_off = called_off or is_over(card, now_ms)
    seats = seat_row(card.going, card.capacity, is_large=False, is_off=is_off)
    taken = element(
        "div",
        element("div", seats, class_="seats"),
        element("p", seat_words(card, now_ms), class_="words text-sm text-quiet"),
        class_="taken",
    )
    layout = element(
        "div",
        element(
            "div", element("div", title, class_="flex flex-wrap items-center gap-x-3 gap-y-1"), meta, class_="facts"
        ),
        taken,
        element("div", class_="act min-h-11"),
        class_="layout",
    )
    return element("article", stub, element("div", layout, class_="body"), class_="card ticket")
