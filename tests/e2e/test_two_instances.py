"""Two instances on one host share the cookies of a browser, because cookies have no port."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from turnout_process import TurnoutProcess, running_turnout
from visitor import create, sign_out


def expect_organizer(page: Page, url: str, name: str) -> None:
    page.goto(url)
    expect(page.get_by_test_id("who")).to_have_text(name)
    expect(page.get_by_role("link", name="Edit event")).to_be_visible()


def test_the_guests_of_two_instances_stay(browser: Browser, turnout: TurnoutProcess, tmp_path: Path) -> None:
    with running_turnout(tmp_path / "data") as other, browser.new_context() as context:
        page = context.new_page()
        addresses = {}
        for instance, name in ((turnout, "Ada"), (other, "Grace")):
            page.goto(instance.url)
            create(page, f"The event of {name}", name=name)
            addresses[name] = page.url
        for name in ("Ada", "Grace", "Ada"):
            expect_organizer(page, addresses[name], name)
        sign_out(page)
        expect(page.get_by_test_id("who")).to_have_count(0)
        other.stop()
        other.start()  # the name of the cookie is the same after a restart
        expect_organizer(page, addresses["Grace"], "Grace")
