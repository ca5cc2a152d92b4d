"""The shell: what a page shows is put where the build left room for it."""

import pytest
from index_page import INDEX, Page

from turnout_gateway.pages.head import Head
from turnout_gateway.pages.markup import EMPTY, element
from turnout_gateway.pages.shell import Content, NoShell, Shell

HOSTILE = "</title></script><script>alert(1)</script><!-- \" ' & \0"


def test_a_page_has_its_head_and_body_in_the_place_of_those_of_the_build() -> None:
    shell = Shell(INDEX, base_path="/turnout")
    page = Page(shell.render(Content(Head("Jazz", "Tonight"), element("h1", "Jazz"), b"", "event")).decode())
    assert (page.title, page.meta["description"], page.text) == (
        "Jazz · Turnout",
        "Tonight",
        "Jazz Turn on JavaScript.",
    )
    assert page.links == {"modulepreload": ["./assets/EventPage-abc.js"]}
    assert ("base", {"href": "/turnout/"}) in page.elements
    assert page.meta["robots"] == "noindex"


def test_a_page_without_a_description_has_that_of_the_site_and_no_chunks() -> None:
    page = Page(Shell(INDEX).render(Content(Head("You"))).decode())
    assert page.meta["description"] == "See what's on."
    assert page.links == {}
    assert "chunks" not in Shell(INDEX).render(Content(Head("You"))).decode()


def test_scripts_wait_for_the_styles_of_content_that_is_there() -> None:
    shell = Shell(INDEX)
    empty, full = (shell.render(Content(Head("You"), body)).decode() for body in (EMPTY, element("p", "You")))
    assert ('type="module" fetchpriority="low"' in full, "fetchpriority" in empty) == (True, False)


def test_no_text_leaves_its_element() -> None:
    head = Head(HOSTILE, HOSTILE, "https://a.example/", is_shared=True, structured={"name": HOSTILE})
    page = Page(Shell(INDEX).render(Content(head, element("p", HOSTILE, title=HOSTILE))).decode())
    assert page.title == f"{HOSTILE} · Turnout"
    assert page.meta["description"] == page.meta["og:title"] == page.meta["twitter:title"] == HOSTILE
    assert page.blocks["application/ld+json"] == {"name": HOSTILE}
    assert page.scripts == ["./assets/index-abc.js"]


@pytest.mark.parametrize("missing", ["<title>", '<div id="app">', "</head>", '<meta name="description"'])
def test_another_file_is_no_shell(missing: str) -> None:
    with pytest.raises(NoShell):
        Shell(INDEX.replace(missing, "<p>"))
