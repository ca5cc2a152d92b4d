"""Bad networks: what is shown stays, the page says what is missing, and goes on by itself."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect
from tcp_forwarder import TcpForwarder
from turnout_process import TurnoutProcess, running_turnout
from visitor import Visitor, answer, card, create, expect_live
from waiting import until_sync

Visitors = Callable[..., Visitor]

# Pages are not loaded in advance for a person who saves data.
SAVE_DATA = (
    "Object.defineProperty(Navigator.prototype, 'connection', { value: { saveData: true, addEventListener() {} } })"
)


def visit_saving_data(visitor: Visitor, path: str = "/") -> Page:
    visitor.context.add_init_script(SAVE_DATA)
    page = visitor.visit(path)
    expect_live(page)
    return page


def chunks(page: Page) -> set[str]:
    """The scripts that the page has loaded, without their hashes."""
    names: list[str] = page.evaluate(
        """performance.getEntriesByType('resource')
            .filter(({ name, responseEnd }) => name.endsWith('.js') && responseEnd > 0)
            .map(({ name }) => name)"""
    )
    return {name.rpartition("/")[2].partition("-")[0] for name in names}


def test_pages_are_loaded_in_advance_and_open_offline(visitors: Visitors) -> None:
    ada = visitors()
    page = ada.visit()
    create(page, "Known before the tunnel", name="Ada")
    page.goto(ada.url)
    expect(card(page, "Known before the tunnel")).to_be_visible()
    until_sync(lambda: {"EventPage", "NewEventPage", "EditEventPage"} <= chunks(page))
    ada.context.set_offline(True)
    card(page, "Known before the tunnel").get_by_role("link", name="Known before the tunnel").click()
    expect(page.get_by_role("heading", level=1, name="Known before the tunnel")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Offline")).to_be_visible()
    page.get_by_role("link", name="Create event").first.click()
    expect(page.get_by_role("textbox", name="Title")).to_be_visible()


def test_a_page_that_cannot_load_offline_keeps_the_one_that_is_shown(visitors: Visitors) -> None:
    ada = visitors()
    page = visit_saving_data(ada, "/?q=tunnel")
    ada.context.set_offline(True)
    page.get_by_role("link", name="Create event").first.click()
    notice = page.get_by_test_id("notice")
    expect(notice).to_contain_text("that page can't open yet")
    expect(page.get_by_label("Search events")).to_have_value("tunnel")
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_contain_text("that page can't open yet")
    ada.context.set_offline(False)
    notice.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("textbox", name="Title")).to_be_visible()
    expect(page.get_by_test_id("notice")).to_have_count(0)
    assert "NewEventPage" in chunks(page)


def test_a_page_whose_server_is_gone_opens_later(visitors: Visitors, turnout: TurnoutProcess) -> None:
    """Chromium remembers that an import failed, so that the page is loaded anew once the server answers."""
    forwarder = TcpForwarder(turnout.port)
    try:
        ada = visitors()
        ada.url = forwarder.url
        page = visit_saving_data(ada)
        forwarder.cut()
        page.get_by_role("link", name="Create event").first.click()
        notice = page.get_by_test_id("notice")
        expect(notice).to_contain_text("that page can't open yet")
        expect(page.get_by_role("heading", level=1, name="s on")).to_be_visible()
        forwarder.restore()
        notice.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("textbox", name="Title")).to_be_visible()
    finally:
        forwarder.close()


def follow_link(page: Page, path: str) -> None:
    """Follows a link to a page of the application, as one in a text."""
    page.evaluate(
        """(path) => {
            const link = document.querySelector('main').appendChild(document.createElement('a'))
            link.href = path
            link.click()
            link.remove()
        }""",
        path,
    )


def gone(route: Route) -> None:
    route.fulfill(status=404, content_type="text/plain", body="Not Found")


def test_a_chunk_of_an_old_version_loads_the_page_anew(visitors: Visitors) -> None:
    ada = visitors()
    page = visit_saving_data(ada)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url) if request.is_navigation_request() else None)
    page.route("**/assets/NewEventPage-*.js", lambda route: route.continue_() if loaded else gone(route))
    page.get_by_role("link", name="Create event").first.click()
    expect(page.get_by_role("textbox", name="Title")).to_be_visible()
    assert loaded == [f"{ada.url}/new"]


def test_a_chunk_that_stays_away_has_words(visitors: Visitors) -> None:
    ada = visitors()
    ada.context.add_init_script(SAVE_DATA)
    ada.context.route("**/assets/NewEventPage-*.js", gone)
    page = ada.visit("/new")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page didn't load")
    ada.context.unroute("**/assets/NewEventPage-*.js")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("textbox", name="Title")).to_be_visible()


def test_typed_text_survives_a_chunk_that_is_gone(visitors: Visitors) -> None:
    ada = visitors()
    other = visitors().visit()
    create(other, "For the link", name="Grace")
    page = visit_saving_data(ada, "/new")
    page.get_by_role("textbox", name="Title").fill("Typed before the upgrade")
    page.route("**/assets/EventPage-*.js", gone, times=1)
    follow_link(page, other.url.removeprefix(ada.url))
    expect(page.get_by_role("heading", level=1, name="For the link")).to_be_visible()
    page.goto(f"{ada.url}/new")
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Typed before the upgrade")


def test_an_event_that_is_not_known_offline_opens_by_itself_later(tmp_path: Path, visitors: Visitors) -> None:
    with running_turnout(tmp_path / "data") as turnout:
        ada = visitors()
        ada.url = turnout.url
        page = ada.visit()
        create(page, "Beyond the tunnel", name="Ada")
        where = page.url.removeprefix(ada.url)
        grace = visitors()
        grace.url = turnout.url
        page = grace.visit("/?q=nothing-like-this")
        expect_live(page)
        until_sync(lambda: "EventPage" in chunks(page))
        turnout.stop()
        follow_link(page, where)
        expect(page.get_by_test_id("connection-note")).to_contain_text("This page opens by itself")
        turnout.start()
        expect(page.get_by_role("heading", level=1, name="Beyond the tunnel")).to_be_visible(timeout=40_000)
        expect(answer(page)).to_be_visible()
