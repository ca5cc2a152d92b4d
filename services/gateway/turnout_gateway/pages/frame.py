"""The surroundings of the content of a page, as the front end draws them, so that little moves when it takes over."""

from typing import Final

from turnout_gateway.pages.markup import EMPTY, Markup, element, join

ICONS: Final = {
    "add": "M12 5v14M5 12h14",
    "back": "M19 12H5m6-6-6 6 6 6",
    "link": (
        "M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7L12 6.3"
        "M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.6-1.6"
    ),
    "place": "M12 21s7-6.3 7-11.5a7 7 0 1 0-14 0C5 14.7 12 21 12 21ZM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
    "star": "m12 3.5 2.6 5.3 5.9.9-4.2 4.1 1 5.8-5.3-2.7-5.3 2.7 1-5.8L3.5 9.7l5.9-.9Z",
}
"""Those of the front end's icons that pages need."""

_LOGO: Final = Markup(
    '<svg class="{0}" viewBox="0 0 60 12" width="60" height="12" aria-hidden="true"><g class="fill-lamp">'
    '<circle cx="6" cy="6" r="4.6"/><circle cx="18" cy="6" r="4.6"/><circle cx="30" cy="6" r="4.6"/></g>'
    '<g class="fill-none stroke-edge" stroke-width="1.5"><circle cx="42" cy="6" r="3.9"/>'
    '<circle cx="54" cy="6" r="3.9"/></g></svg>'
)


def icon(name: str) -> Markup:
    return element(
        "svg",
        element("path", d=ICONS[name]),
        class_="size-[1.15em] shrink-0",
        viewBox="0 0 24 24",
        fill="none",
        stroke="currentColor",
        stroke_width="2",
        stroke_linecap="round",
        stroke_linejoin="round",
        aria_hidden="true",
    )


def logo(classes: str) -> Markup:
    return Markup(_LOGO.format(classes))


def framed(content: Markup, *, is_quiet: bool = False) -> Markup:
    """The content below the head of all pages. Links are relative to the page's ``<base>``.

    ``is_quiet`` draws the button of the head as it is beside another one that leads.
    """
    home = element(
        "a",
        logo("h-auto w-10 max-[22rem]:hidden sm:w-14"),
        "Turnout",
        href="./",
        class_="flex items-center gap-2 font-display text-xl font-bold tracking-tight sm:gap-3 sm:text-2xl",
        aria_label="Turnout, all events",
    )
    create = element(
        "a",
        icon("add"),
        element("span", "Create event", class_="max-sm:sr-only"),
        href="new",
        class_=f"button max-sm:size-11 max-sm:p-0! {'button-line' if is_quiet else 'button-lit'}",
    )
    head = element(
        "header",
        home,
        element("div", create, class_="ml-auto flex min-w-0 items-center gap-1 max-[22rem]:gap-0 sm:gap-3"),
        class_="page-width flex flex-wrap items-center gap-x-3 gap-y-2 py-3 max-[22rem]:gap-x-1.5 sm:gap-x-5 sm:py-5",
    )
    main = element("main", content, id="main", class_="page-width min-h-dvh pb-20 outline-none")
    return join((head, main))


def notice(title: str, text: str) -> Markup:
    """A page that says one thing, with the way to the list."""
    return element(
        "section",
        logo("mx-auto h-auto w-24 opacity-60"),
        element("h1", title, class_="mt-8 text-4xl"),
        element("p", text, class_="mt-3 text-quiet"),
        element("a", "See all events", href="./", class_="button button-lit mt-8"),
        class_="mx-auto max-w-lg py-24 text-center",
    )


def bdi(text: str) -> Markup:
    """A text that people wrote: its direction does not change that of the text around it."""
    return element("bdi", text)


def optional(is_there: object, content: Markup) -> Markup:
    return content if is_there else EMPTY
