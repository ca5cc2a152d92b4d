"""The addresses of pages are those of the front end's router."""

import re
from pathlib import Path

import pytest

from turnout_gateway.pages.frame import ICONS
from turnout_gateway.pages.paths import LIST_WINDOW, EventPath, ListPath, PlainPath, find_page

FRONT_END = Path(__file__).parents[3] / "frontend" / "src"
ANSWERED_ELSEWHERE = {
    "/e/:id",  # a redirect: tests/gateway/http/test_short_links.py
    "/embed/events",  # files with headers of their own: tests/standalone/test_surface.py
    "/embed/events/:id",
    "/:rest(.*)*",  # every other address
}


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/", "", ListPath()),
        ("/", "when=past&tag=b+c", ListPath("past", "b c")),
        ("/", "when=nonsense", ListPath()),
        ("/", "tag=x&unknown=1", ListPath("upcoming", "x")),
        ("/", "q=jazz", PlainPath("Events")),
        ("/", "from=2030-01-01", PlainPath("Events")),
        ("/", "when=mine", PlainPath("My events")),
        ("/", "&".join(f"a{number}=1" for number in range(50)), PlainPath("Events")),
        ("/events/abc", "", EventPath("abc")),
        ("/events/abc/", "", EventPath("abc")),
        ("/Events/abc/edit", "", EventPath("abc", is_form=True)),
        ("/YOU", "", PlainPath("You")),
        ("/Privacy/", "", PlainPath("Privacy")),
        ("/events", "", None),
        ("/events/", "", None),
        ("/events/abc/card.png", "", None),
        ("//", "", None),
        ("//events/abc", "", None),
        ("/nowhere", "", None),
    ],
)
def test_a_path_is_that_of_a_page(path: str, query: str, expected: object) -> None:
    assert find_page(path, query) == expected


def test_every_route_of_the_front_end_is_a_page_with_its_title() -> None:
    """Add what lacks to ``paths.py``, or here, if something else answers for it."""
    routes = router_titles()
    assert routes.keys() > ANSWERED_ELSEWHERE
    pages = {path: find_page(path.replace(":id", "abc"), "") for path in routes}
    assert {path for path, page in pages.items() if page is None} == ANSWERED_ELSEWHERE
    plain = {path: page.title for path, page in pages.items() if isinstance(page, PlainPath)}
    assert plain == {path: routes[path] for path in plain}
    assert set(plain) >= {"/new", "/import", "/you", "/sign-in", "/privacy"}


def router_titles() -> dict[str, str]:
    """The title of each path in ``router.ts``; empty for a page that sets its own."""
    routes = (FRONT_END / "router.ts").read_text().split("path: '")[1:]
    titles = (re.search(r"title: '([^']+)'", each) for each in routes)
    return {each.partition("'")[0]: title[1] if title else "" for each, title in zip(routes, titles, strict=True)}


def test_the_view_of_a_list_is_that_which_the_front_end_watches() -> None:
    window = re.search(r"WINDOW_ITEMS = (\d+)", (FRONT_END / "event-list" / "listWindow.ts").read_text())
    assert window is not None
    assert int(window[1]) == LIST_WINDOW
    assert ListPath().view == "events?when=upcoming&limit=150"
    assert (
        ListPath("past", "a b*~é").view == "events?when=past&tag=a+b*%7E%C3%A9&limit=150"
    )  # as URLSearchParams has it


def test_the_icons_are_those_of_the_front_end() -> None:
    icons = dict(re.findall(r"^  (\w+): '([^']+)',$", (FRONT_END / "shell" / "icons.ts").read_text(), re.MULTILINE))
    assert {name: icons[name] for name in ICONS} == ICONS
