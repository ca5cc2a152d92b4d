"""Webhooks at the organizer's desk, with a receiver that verifies what it gets."""

from collections.abc import Iterator

import msgspec
import pytest
from accessibility import SCHEMES, serious_findings
from anyio.from_thread import start_blocking_portal
from http_receiver import Receiver, receiving
from playwright.sync_api import Browser, Locator, Page, expect
from standardwebhooks import Webhook as Verifier
from turnout_process import TurnoutProcess, running_turnout
from visitor import Visitor, answer, create
from waiting import until_sync


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    """A product whose webhooks may lead to this machine."""
    data = tmp_path_factory.mktemp("webhooks") / "data"
    with running_turnout(data, env={"TURNOUT_WEBHOOK_PRIVATE": "allow"}) as process:
        yield process


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(receiving()) as running:
        yield running


@pytest.fixture
def organizer(browser: Browser, site: TurnoutProcess) -> Iterator[Visitor]:
    visitor = Visitor(browser.new_context(locale="en-GB", timezone_id="Europe/Vienna"), site.url)
    yield visitor
    visitor.context.close()
    assert visitor.problems == []


def webhooks(page: Page) -> Locator:
    return page.get_by_test_id("webhooks")


def add(page: Page, url: str) -> None:
    webhooks(page).get_by_label("Address").fill(url)
    webhooks(page).get_by_role("button", name="Add webhook").click()


def test_an_organizer_adds_a_webhook_which_verifies_what_it_gets(organizer: Visitor, receiver: Receiver) -> None:
    page = organizer.visit()
    create(page, "Told elsewhere", name="Olga")
    add(page, "nowhere")
    expect(webhooks(page).get_by_role("alert")).to_have_text("It must be a web address (https://…).")
    add(page, f"http://127.0.0.1:{receiver.port}/hook")
    secret = webhooks(page).get_by_test_id("webhook-secret")
    expect(secret).to_contain_text("whsec_")
    verifier = Verifier(secret.inner_text())
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert serious_findings(page) == []
    answer(page).get_by_role("button", name="Join").click()
    expect(answer(page)).to_contain_text("You're going")
    until_sync(lambda: len(receiver.requests) == 1)
    (got,) = receiver.requests
    assert verifier.verify(got.body, got.headers)["type"] == "attendee.joined"
    assert msgspec.json.decode(got.body)["data"]["event"]["title"] == "Told elsewhere"


def test_a_secret_is_gone_with_its_page_and_a_removed_webhook_with_a_press(organizer: Visitor) -> None:
    page = organizer.visit()
    create(page, "Told no more", name="Olga")
    add(page, "http://127.0.0.1:9/hook")
    expect(webhooks(page).get_by_test_id("webhook-secret")).to_be_visible()
    other = organizer.open_tab(page.url)
    row = webhooks(other).get_by_test_id("webhook")
    expect(row).to_contain_text("127.0.0.1:9 added today")
    expect(webhooks(other).get_by_test_id("webhook-secret")).to_have_count(0)
    webhooks(page).get_by_role("button", name="Remove webhook 127.0.0.1:9").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove webhook").click()
    expect(row).to_have_count(0)
