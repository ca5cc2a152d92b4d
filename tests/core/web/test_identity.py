"""Tokens: whom they identify, in which cookie, for how long."""

from dataclasses import dataclass

import pytest
from history import small_history, state_after
from itsdangerous import URLSafeSerializer

from turnout_core.domain.people import Session
from turnout_core.domain.state import State, User
from turnout_core.web.identity import (
    COOKIE,
    HOST_COOKIE,
    RENEW_AFTER_S,
    TOKEN_LIFETIME_S,
    UNTIMED_UNTIL_S,
    Claim,
    Credentials,
    Identity,
)

SECRET = "a secret for tests"
SESSION = "sessionaaaaa"


@dataclass
class Clock:
    now_s: float = 1_796_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Identity:
    return Identity(SECRET, clock)


@pytest.fixture
def state() -> State:
    return state_after(small_history())


@pytest.fixture
def ada(state: State) -> User:
    user = state.users["ada"]
    user.sessions = (Session(SESSION, "Chrome on Android", 1, 1),)
    return user


def user_of(tokens: Identity, state: State, credentials: Credentials) -> User | None:
    """The user whom the credentials identify."""
    signed_in = tokens.signed_in(state, credentials)
    return signed_in.user if signed_in is not None else None


def over(scheme: str, cookies: str) -> Credentials:
    return Credentials(cookies, None, scheme)


def own(tokens: Identity, scheme: str, token: str) -> str:
    """The session cookie as this version sets it."""
    return f"{tokens.cookie_name(scheme)}={token}"


def bearer(token: str) -> Credentials:
    return Credentials(None, f"Bearer {token}", "http")


def untimed(user: str = "ada", session: int = 0) -> str:
    """A token as earlier versions issued it."""
    token = URLSafeSerializer(SECRET, salt="turnout.session.1").dumps([user, session])
    assert isinstance(token, str)
    return token


def test_a_token_identifies_its_user_until_the_sign_out(tokens: Identity, state: State, ada: User) -> None:
    token = tokens.token("ada", SESSION)
    cookie = own(tokens, "http", token)
    assert user_of(tokens, state, over("http", f"a=b; {cookie}")) is ada
    assert user_of(tokens, state, Credentials(None, f"bearer {token}", "http")) is ada
    ada.sessions = ()
    assert user_of(tokens, state, over("http", cookie)) is None
    assert tokens.claimed_user_id(over("http", cookie)) == "ada"


@pytest.mark.parametrize("token", ["", "x", "WyJhZGEiLDBd.AAAA", "a.b.c", "\x1b[2J\r\n", "\ud800"])
def test_a_forged_token_identifies_no_user(tokens: Identity, state: State, token: str) -> None:
    assert user_of(tokens, state, over("http", own(tokens, "http", token))) is None
    assert user_of(tokens, state, bearer(token)) is None


def test_a_token_of_another_secret_identifies_no_user(tokens: Identity, state: State, ada: User) -> None:
    assert user_of(tokens, state, bearer(Identity("another").token("ada", SESSION))) is None


@pytest.mark.parametrize("scheme", ["https", "wss"])
def test_over_tls_only_the_host_cookie_counts(tokens: Identity, state: State, ada: User, scheme: str) -> None:
    token, foreign = tokens.token("ada", SESSION), tokens.token("olga", SESSION)
    secure, plain = own(tokens, scheme, token), own(tokens, "http", foreign)
    assert secure.startswith("__Host-turnout_session_")
    assert user_of(tokens, state, over(scheme, secure)) is ada
    assert user_of(tokens, state, over(scheme, f"{plain}; {secure}")) is ada
    assert user_of(tokens, state, over(scheme, plain)) is None
    assert user_of(tokens, state, over(scheme, f"{COOKIE}={token}")) is None
    assert user_of(tokens, state, over("http", secure)) is None
    assert user_of(tokens, state, over("http", f"{HOST_COOKIE}={token}")) is None


def test_the_name_of_the_cookie_is_that_of_the_secret(tokens: Identity) -> None:
    again, other = Identity(SECRET), Identity("the secret of another instance on this host")
    for scheme in ("http", "https"):
        assert tokens.cookie_name(scheme) == again.cookie_name(scheme) != other.cookie_name(scheme)
        assert SECRET not in tokens.cookie_name(scheme)


@pytest.mark.parametrize(("scheme", "name"), [("http", COOKIE), ("https", HOST_COOKIE), ("wss", HOST_COOKIE)])
def test_a_cookie_without_a_mark_counts_if_it_is_ours(
    tokens: Identity, state: State, ada: User, scheme: str, name: str
) -> None:
    token = tokens.token("ada", SESSION)
    former = over(scheme, f"{name}={token}")
    assert user_of(tokens, state, former) is ada
    assert tokens.has_to_renew(former)
    assert tokens.former_cookies(former) == [name]
    foreign = over(scheme, f"{name}={Identity('another').token('ada', SESSION)}")
    assert (user_of(tokens, state, foreign), tokens.former_cookies(foreign)) == (None, [])
    olga = tokens.token("olga", SESSION)
    both = over(scheme, f"{name}={olga}; {own(tokens, scheme, tokens.token('ada', SESSION))}")
    assert user_of(tokens, state, both) is ada


@pytest.mark.parametrize("space", ["\xa0", "\x85", "\u2000", "\x1f"])
def test_white_space_does_not_hide_the_name_of_another_cookie(
    tokens: Identity, state: State, ada: User, space: str
) -> None:
    """A browser does not see the prefix in such a name, so a subdomain may set it."""
    assert user_of(tokens, state, over("https", space + own(tokens, "https", tokens.token("ada", SESSION)))) is None


def test_a_cookie_of_an_earlier_version_counts_over_tls_until_its_end(
    tokens: Identity, state: State, ada: User, clock: Clock
) -> None:
    former = over("https", f"{COOKIE}={untimed()}")
    assert user_of(tokens, state, former) is ada
    assert tokens.has_to_renew(former)
    expired = over("https", f"{COOKIE}={untimed('olga')}; {own(tokens, 'https', 'expired')}")
    assert user_of(tokens, state, expired) is None  # the former cookie counts only without one of the present name
    clock.now_s = UNTIMED_UNTIL_S
    assert user_of(tokens, state, former) is None
    assert user_of(tokens, state, bearer(untimed())) is None


def test_a_token_has_a_lifetime_also_after_it_was_used(tokens: Identity, state: State, ada: User, clock: Clock) -> None:
    credentials = bearer(tokens.token("ada", SESSION))
    assert user_of(tokens, state, credentials) is ada
    clock.now_s += TOKEN_LIFETIME_S - 1
    assert user_of(tokens, state, credentials) is ada
    clock.now_s += 1
    assert user_of(tokens, state, credentials) is None
    assert tokens.claimed_user_id(credentials) is None
    assert not tokens.has_to_renew(credentials)


@pytest.mark.parametrize(
    ("age_s", "expected"), [(0, False), (-60, False), (RENEW_AFTER_S, False), (RENEW_AFTER_S + 1, True), (-600, True)]
)
def test_a_token_is_renewed_when_it_is_old_or_from_the_future(
    tokens: Identity, state: State, ada: User, clock: Clock, age_s: int, *, expected: bool
) -> None:
    credentials = over("http", own(tokens, "http", tokens.token("ada", SESSION)))
    clock.now_s += age_s
    assert user_of(tokens, state, credentials) is ada
    assert tokens.has_to_renew(credentials) is expected


def test_tokens_are_signed_with_sha_256() -> None:
    signature = Identity(SECRET).token("ada", SESSION).rpartition(".")[2]
    assert len(signature) == 43  # 256 bits in base64 without padding


def test_tokens_of_the_former_signature_are_still_valid() -> None:
    former = URLSafeSerializer(SECRET, salt="turnout.session.1").dumps(["ada", 0])
    assert Identity(SECRET).read(str(former)) == Claim("ada", 0, 0)
