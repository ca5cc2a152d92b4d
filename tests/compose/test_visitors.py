"""The main job in real browsers through the published port."""

from deployment import Deployment
from playwright.sync_api import Browser, expect
from visitor import Visitor, card, create, enter_name, expect_person


def test_a_join_reaches_another_browser(browser: Browser, deployment: Deployment) -> None:
    contexts = [browser.new_context(locale="en-GB", timezone_id="Europe/Vienna") for _ in range(2)]
    ada, grace = (Visitor(each, deployment.url) for each in contexts)
    watching = grace.visit()
    expect(watching.get_by_role("status").filter(has_text="Live")).to_be_visible()
    page = ada.visit()
    create(page, "Board games in the harbour", seats=3, name="Ada")
    shown = card(watching, "Board games in the harbour")
    expect(shown).to_be_visible()
    shown.get_by_role("button", name="Join").click()
    enter_name(watching, "Grace")
    expect(shown.get_by_role("button", name="Can't make it")).to_be_visible()
    expect_person(page, "Going", "Grace")
    shown.get_by_role("button", name="Can't make it").click()
    expect(page.get_by_text("No one yet")).to_be_visible()
    assert ada.problems + grace.problems == []
    for each in contexts:
        each.close()
