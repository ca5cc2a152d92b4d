"""Networks without WebSockets: the page is live by server-sent events or, without those, asks again and again."""

import re
from collections.abc import Callable

import pytest
from blocking_proxy import Sockets, running_blocking_proxy
from playwright.sync_api import Locator, Page, expect
from turnout_process import TurnoutProcess
from visitor import Visitor, answer, card, create, enter_name, expect_person
from waiting import until_sync

Visitors = Callable[..., Visitor]

FALLBACK_MS = 10_000


def badge(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text=re.compile("Connecting|Live|Every|Reconnecting|Offline"))


@pytest.mark.parametrize("sockets", [Sockets.REFUSE, Sockets.SWALLOW])
def test_a_page_without_websockets_is_live(visitors: Visitors, turnout: TurnoutProcess, sockets: Sockets) -> None:
    title = f"Seen where sockets {sockets.name}"
    with running_blocking_proxy(turnout.port, sockets=sockets) as proxy:
        ada, grace = visitors(), visitors()
        grace.url = proxy.url
        blocked = grace.visit()
        expect(badge(blocked)).to_have_text("Live", timeout=FALLBACK_MS)

        page = ada.visit()
        create(page, title, seats=3, name="Ada")
        expect(card(blocked, title)).to_be_visible()
        card(blocked, title).get_by_role("button", name="Join").click()
        enter_name(blocked, "Grace")
        expect(card(blocked, title).get_by_role("button", name="Can't make it")).to_be_visible()
        expect_person(page, "Going", "Grace")
        expect(badge(blocked)).to_have_text("Live")

        card(blocked, title).get_by_role("link", name=title).click()
        expect_person(blocked, "Going", "Grace")
        answer(page).get_by_role("button", name="Join").click()
        expect_person(blocked, "Going", "Ada")
        expect(blocked.get_by_test_id("looking")).to_have_text("1 other is looking")
        assert (proxy.open_sockets, proxy.open_streams) == (0, 1)


def test_a_page_takes_the_websocket_when_it_passes_again(visitors: Visitors, turnout: TurnoutProcess) -> None:
    with running_blocking_proxy(turnout.port, sockets=Sockets.REFUSE) as proxy:
        grace = visitors()
        grace.url = proxy.url
        page = grace.visit()
        expect(badge(page)).to_have_text("Live", timeout=FALLBACK_MS)
        until_sync(lambda: proxy.open_streams == 1)
        proxy.sockets = Sockets.PASS
        grace.context.set_offline(True)
        expect(badge(page)).to_have_text("Offline")
        grace.context.set_offline(False)
        expect(badge(page)).to_have_text("Live")
        until_sync(lambda: (proxy.open_sockets, proxy.open_streams) == (1, 0))


def test_a_page_without_any_live_connection_says_so(visitors: Visitors, turnout: TurnoutProcess) -> None:
    with running_blocking_proxy(turnout.port, sockets=Sockets.REFUSE, stores_streams=True) as proxy:
        ada, grace = visitors(), visitors()
        grace.url = proxy.url
        blocked = grace.visit()
        expect(badge(blocked)).to_have_text("Every 15 s", timeout=30_000)
        create(ada.visit(), "Seen by asking", name="Ada")
        expect(card(blocked, "Seen by asking")).to_be_visible(timeout=30_000)
        expect(badge(blocked)).to_have_text("Every 15 s")
