"""A person who has lost the cookie of one device comes back on another, by each way, in less than half a minute."""

from collections.abc import Callable, Iterator

import pytest
from mail_server import MailServer, mail_server
from oidc_provider import OidcProvider, running_provider
from person_time import Person
from playwright.sync_api import Browser, CDPSession, Page, expect
from turnout_process import TurnoutProcess, free_port, running_turnout
from visitor import Visitor, card, create
from waiting import until_sync

Visitors = Callable[..., Visitor]

SECONDS_MAX = 30


def set_up(visitors: Visitors, title: str) -> Visitor:
    """A guest with their first event, whose page offers the ways back."""
    ada = visitors()
    create(ada.visit(), title, name="Ada")
    expect(ada.page.get_by_test_id("way-back")).to_be_visible()
    return ada


def lose_cookies(visitor: Visitor) -> None:
    visitor.context.clear_cookies()
    visitor.page.close()


def open_sign_in(person: Person, page: Page) -> None:
    person.click(page.get_by_role("link", name="I have been here before"))


def expect_own_events(page: Page, *titles: str) -> None:
    expect(page.get_by_role("heading", level=1, name="My events")).to_be_visible()
    for title in titles:
        expect(card(page, title)).to_contain_text("You organize")


def expect_back(page: Page, *titles: str) -> None:
    """The person is welcomed, and their own events are open."""
    expect_own_events(page, *titles)
    expect(page.get_by_test_id("notice")).to_contain_text("Welcome back, \u2068Ada\u2069.")


def expect_quick(person: Person, clicks: int) -> None:
    assert person.clicks == clicks
    assert person.seconds < SECONDS_MAX


def test_by_the_recovery_link_with_the_seat_of_the_other_device(visitors: Visitors) -> None:
    ada = set_up(visitors, "Back by link")
    ada.page.get_by_role("button", name="Make recovery link").click()
    link = ada.page.get_by_test_id("recovery-link").inner_text()
    path = ada.page.url.removeprefix(ada.url)
    lose_cookies(ada)
    other = visitors()
    page = other.visit()
    create(page, "Made on the new phone", name="Ada again")
    person = Person()
    person.open(page, link)
    expect(page.get_by_role("group", name="Bring \u2068Ada again\u2069's 1 event along?")).to_be_visible()
    assert page.url == f"{other.url}/sign-in"  # the secret is not in the address
    assert other.context.request.get(f"{other.url}/api/session").json()["user"]["name"] == "Ada again"
    person.click(page.get_by_role("button", name="Sign in on this device"))
    expect_back(page, "Back by link", "Made on the new phone")
    expect_quick(person, clicks=1)
    page.goto(other.url + path)
    expect(page.get_by_role("link", name="Edit event")).to_be_visible()


def test_by_a_code_which_the_first_device_can_end(visitors: Visitors) -> None:
    ada, person = set_up(visitors, "Back by code"), Person()
    first = ada.page
    person.click(first.get_by_role("link", name="Another device"))
    person.click(first.get_by_role("button", name="Show a code"))
    code = first.get_by_test_id("device-code").inner_text()
    page = visitors().visit()
    open_sign_in(person, page)
    person.type(page.get_by_role("textbox", name="Code", exact=True), code.replace("-", "").lower())
    expect_back(page, "Back by code")
    expect_quick(person, clicks=4)
    expect(first.get_by_test_id("device")).to_have_count(2)
    first.get_by_test_id("device").nth(1).get_by_role("button").click()
    expect(page.get_by_test_id("person")).to_have_count(0)
    expect(first.get_by_test_id("device")).to_have_count(1)


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """Gives the page Chromium's virtual authenticator, which agrees to all. Returns it with its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def test_by_a_passkey(visitors: Visitors) -> None:
    """The passkey reaches the other device as those of an account at Apple or Google do."""
    ada, person = set_up(visitors, "Back by passkey"), Person()
    keys, made = authenticator(ada.page)
    ada.page.get_by_role("button", name="Add passkey").click()
    expect(ada.page.get_by_test_id("way-back")).to_contain_text("Your passkey is added.")
    credentials = keys.send("WebAuthn.getCredentials", {"authenticatorId": made})["credentials"]
    lose_cookies(ada)
    page = visitors().visit()
    other_keys, other = authenticator(page)
    for credential in credentials:
        other_keys.send("WebAuthn.addCredential", {"authenticatorId": other, "credential": credential})
    open_sign_in(person, page)
    person.click(page.get_by_role("button", name="Sign in with passkey"))
    expect_back(page, "Back by passkey")
    expect_quick(person, clicks=2)


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def test_by_a_code_in_a_mail(browser: Browser, mails: MailServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    address, person = "ada@example.org", Person()
    env = {"TURNOUT_SMTP": f"smtp://127.0.0.1:{mails.port}", "TURNOUT_MAIL_FROM": "Turnout <turnout@example.org>"}

    def mailed_code(number: int) -> str:
        until_sync(lambda: len(mails.codes(address)) == number)
        return mails.codes(address)[-1]

    with running_turnout(tmp_path_factory.mktemp("mail") / "data", env=env) as turnout:
        with browser.new_context() as context:
            first = Visitor(context, turnout.url).visit()
            create(first, "Back by mail", name="Ada")
            first.goto(f"{turnout.url}/you")
            first.get_by_role("textbox", name="Mail address").fill(address)
            first.get_by_role("button", name="Send code").click()
            first.get_by_role("textbox", name="Code from the mail").fill(mailed_code(1))
            first.get_by_role("button", name="Confirm address").click()
            expect(first.get_by_test_id("own-mail")).to_have_text(address)
        with browser.new_context() as context:
            page = Visitor(context, turnout.url).visit()
            open_sign_in(person, page)
            person.type(page.get_by_role("textbox", name="Mail address"), address)
            person.type(page.get_by_role("textbox", name="Code from the mail"), mailed_code(2))
            expect_back(page, "Back by mail")
            expect_quick(person, clicks=3)


@pytest.fixture
def with_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    """The product with a real OpenID Connect provider, where Ada has an account."""
    port = free_port()
    with running_provider(f"http://localhost:{port}/api/oidc/callback") as provider:
        provider.set_person("ada", name="Ada Lovelace")
        turnout = TurnoutProcess(tmp_path_factory.mktemp("oidc") / "data", port, env=settings_of(provider)).start()
        yield turnout
        turnout.end()


def settings_of(provider: OidcProvider) -> dict[str, str]:
    return {
        "TURNOUT_OIDC_ISSUER": provider.issuer,
        "TURNOUT_OIDC_CLIENT_ID": "public",
        "TURNOUT_OIDC_NAME": "Example University",
    }


def log_in(person: Person, page: Page) -> None:
    """Logs in on the provider's own pages, and consents."""
    person.type(page.get_by_placeholder("Enter any login"), "ada", then="Tab")
    person.type(page.get_by_placeholder("and password"), "secret")
    person.click(page.get_by_role("button", name="Continue"))


def test_by_an_account_of_the_provider(browser: Browser, with_provider: TurnoutProcess) -> None:
    person = Person()
    with browser.new_context() as context:
        first = context.new_page()
        first.goto(with_provider.url)
        create(first, "Back by provider", name="Ada")
        first.goto(f"{with_provider.url}/you")
        first.get_by_role("link", name="Add your account").click()
        log_in(Person(), first)
        expect(first.get_by_test_id("linked-account")).to_contain_text("Ada Lovelace")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(with_provider.url)
        open_sign_in(person, page)
        person.click(page.get_by_role("link", name="Sign in with Example University"))
        log_in(person, page)
        expect_own_events(page, "Back by provider")
        expect_quick(person, clicks=5)
