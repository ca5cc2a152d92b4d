"""The choices of a person about notices, and the service worker that shows pushed ones, in Chromium."""

import json
from collections.abc import Callable, Iterator

import pytest
from accessibility import SCHEMES, serious_findings
from playwright.sync_api import Browser, CDPSession, Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, create, visiting
from waiting import until_sync

Visitors = Callable[..., Visitor]


def open_choices(visitor: Visitor) -> Page:
    """The page You of somebody who organizes an event."""
    page = visitor.visit()
    create(page, "Worth a notice", name="Ada")
    page.goto(f"{visitor.url}/you")
    expect(page.get_by_role("heading", name="Notices")).to_be_visible()
    return page


def test_choices_are_stored_and_shown_on_other_pages(visitors: Visitors) -> None:
    visitor = visitors()
    page = open_choices(visitor)
    page.get_by_role("checkbox", name="A day before").uncheck()
    page.get_by_role("checkbox", name="An event changes: Push").uncheck()
    page.get_by_role("checkbox", name="Quiet hours").check()
    page.get_by_label("to", exact=True).fill("08:15")
    expect(page.get_by_text("in Vienna")).to_be_visible()
    other = visitor.open_tab(f"{visitor.url}/you")
    expect(other.get_by_label("to", exact=True)).to_have_value("08:15")
    expect(other.get_by_role("checkbox", name="A day before")).not_to_be_checked()
    expect(other.get_by_role("checkbox", name="An event changes: Push")).not_to_be_checked()
    expect(other.get_by_role("checkbox", name="Two hours before")).to_be_checked()
    for scheme in SCHEMES:
        other.emulate_media(color_scheme=scheme)
        assert serious_findings(other) == []


def registration_of(cdp: CDPSession, page: Page) -> str:
    """The id of the page's service worker, once it is there."""
    found: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    until_sync(lambda: page.evaluate("1") == 1 and found != [])
    return found[-1]


@pytest.fixture
def visitors_with_push(whole_browser: Browser, turnout: TurnoutProcess) -> Iterator[Visitors]:
    with visiting(whole_browser, turnout.url) as visitors:
        yield visitors


def test_a_pushed_notice_is_shown_by_the_service_worker(visitors_with_push: Visitors) -> None:
    visitor = visitors_with_push()
    visitor.context.grant_permissions(["notifications"], origin=visitor.url)
    page = open_choices(visitor)
    # The tests reach no push service, so the browser refuses; its service worker is there all the same.
    page.get_by_role("button", name="Show notices on this device").click()
    expect(page.get_by_test_id("push-here").get_by_role("alert")).to_contain_text("couldn't reach its push service")
    cdp = visitor.context.new_cdp_session(page)
    registration = registration_of(cdp, page)
    message = {"id": "7.promoted.abc", "title": "Board games", "body": "You moved up.", "path": "/events/abc"}
    for _ in range(2):  # a message that comes twice is shown once
        payload = {"origin": visitor.url, "registrationId": registration, "data": json.dumps(message)}
        cdp.send("ServiceWorker.deliverPushMessage", payload)
    shown = """async () => {
      const registration = await navigator.serviceWorker.ready
      const all = await registration.getNotifications()
      return all.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }))
    }"""
    until_sync(lambda: page.evaluate(shown) != [])
    notice = {"title": "Board games", "body": "You moved up.", "tag": "7.promoted.abc", "path": "/events/abc"}
    assert page.evaluate(shown) == [notice]
