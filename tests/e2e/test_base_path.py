"""The whole product below a path, behind the real proxies of docs/proxies.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, expect
from reverse_proxy import running_caddy, running_nginx, snippets
from turnout_process import TurnoutProcess, running_turnout
from visitor import Visitor, answer, card, create

BASE: Final = "/turnout"
PROXIES: Final = {"nginx": running_nginx, "caddyfile": running_caddy}


@pytest.fixture(scope="module")
def turnout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    with running_turnout(tmp_path_factory.mktemp("below") / "data", env={"TURNOUT_BASE_PATH": BASE}) as process:
        yield process


@pytest.fixture(params=PROXIES)
def site(request: pytest.FixtureRequest, turnout: TurnoutProcess, tmp_path: Path) -> Iterator[str]:
    """The address of the product behind a proxy."""
    running = PROXIES[request.param]
    with running(snippets(request.param)[1], tmp_path, product=turnout.port, tls=False) as port:
        yield f"http://localhost:{port}{BASE}"


def test_the_main_job_works_below_a_path(browser: Browser, site: str) -> None:
    """A visitor's requests all stay below the path: ``Visitor`` reports any other."""
    title = f"Below {site}"
    visitor = Visitor(browser.new_context(), site)
    page = visitor.visit("/")
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
    create(page, title, name="Ada")
    assert page.url.startswith(f"{site}/events/")
    assert [each["path"] for each in visitor.context.cookies()] == [BASE]
    answer(page).get_by_role("button", name="Join").click()
    expect(answer(page)).to_contain_text("You're going")

    page.reload()
    expect(answer(page)).to_contain_text("You're going")
    event = page.url
    page.get_by_role("link", name="Skip to content").press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    assert page.url == event

    page.get_by_role("link", name="All events", exact=True).click()
    card(page, title).get_by_role("link", name=title).click()
    expect(page).to_have_url(event)

    page.get_by_role("link", name="API").click()
    expect(page).to_have_url(f"{site}/api/docs")
    expect(page.get_by_text("Create an event", exact=True)).to_be_visible()
    page.get_by_role("link", name="Turnout, all events").click()
    expect(card(page, title)).to_be_visible()
    visitor.context.close()
    assert visitor.problems == []
