"""Tokens: whom they identify, in which cookie, for how long."""

from dataclasses import dataclass

import pytest
from history import small_history, state_after
from itsdangerous import URLSafeSerializer

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
    return state.users["ada"]


def over(scheme: str, cookies: str) -> Credentials:
    return Credentials(cookies, None, scheme)


def bearer(token: str) -> Credentials:
    return Credentials(None, f"Bearer {token}", "http")


def untimed(user: str = "ada", session: int = 0) -> str:
    """A token as earlier versions issued it."""
    token = URLSafeSerializer(SECRET, salt="turnout.session.1").dumps([user, session])
    assert isinstance(token, str)
    return token


def test_a_token_identifies_its_user_until_the_sign_out(tokens: Identity, state: State, ada: User) -> None:
    token = tokens.token(ada)
    assert tokens.user(state, over("http", f"a=b; {COOKIE}={token}")) is ada
    assert tokens.user(state, Credentials(None, f"bearer {token}", "http")) is ada
    ada.session += 1
    assert tokens.user(state, over("http", f"{COOKIE}={token}")) is None
    assert tokens.claimed_user_id(over("http", f"{COOKIE}={token}")) == "ada"


@pytest.mark.parametrize("token", ["", "x", "WyJhZGEiLDBd.AAAA", "a.b.c", "\x1b[2J\r\n", "\ud800"])
def test_a_forged_token_identifies_no_user(tokens: Identity, state: State, token: str) -> None:
    assert tokens.user(state, over("http", f"{COOKIE}={token}")) is None
    assert tokens.user(state, bearer(token)) is None


def test_a_token_of_another_secret_identifies_no_user(tokens: Identity, state: State, ada: User) -> None:
    assert tokens.user(state, bearer(Identity("another").token(ada))) is None


@pytest.mark.parametrize("scheme", ["https", "wss"])
def test_over_tls_only_the_host_cookie_counts(tokens: Identity, state: State, ada: User, scheme: str) -> None:
    token, foreign = tokens.token(ada), tokens.token(User("olga", "Olga"))
    assert tokens.user(state, over(scheme, f"{HOST_COOKIE}={token}")) is ada
    assert tokens.user(state, over(scheme, f"{COOKIE}={foreign}; {HOST_COOKIE}={token}")) is ada
    assert tokens.user(state, over(scheme, f"{COOKIE}={token}")) is None
    assert tokens.user(state, over("http", f"{HOST_COOKIE}={token}")) is None


@pytest.mark.parametrize("space", ["\xa0", "\x85", "\u2000", "\x1f"])
def test_white_space_does_not_hide_the_name_of_another_cookie(
    tokens: Identity, state: State, ada: User, space: str
) -> None:
    """A browser does not see the prefix in such a name, so a subdomain may set it."""
    assert tokens.user(state, over("https", f"{space}{HOST_COOKIE}={tokens.token(ada)}")) is None


def test_a_cookie_of_an_earlier_version_counts_over_tls_until_its_end(
    tokens: Identity, state: State, ada: User, clock: Clock
) -> None:
    former = over("https", f"{COOKIE}={untimed()}")
    assert tokens.user(state, former) is ada
    assert tokens.has_to_renew(former)
    own = over("https", f"{COOKIE}={untimed('olga')}; {HOST_COOKIE}=expired")
    assert tokens.user(state, own) is None  # the former cookie counts only without one of the present name
    clock.now_s = UNTIMED_UNTIL_S
    assert tokens.user(state, former) is None
    assert tokens.user(state, bearer(untimed())) is None


def test_a_token_has_a_lifetime_also_after_it_was_used(tokens: Identity, state: State, ada: User, clock: Clock) -> None:
    credentials = bearer(tokens.token(ada))
    assert tokens.user(state, credentials) is ada
    clock.now_s += TOKEN_LIFETIME_S - 1
    assert tokens.user(state, credentials) is ada
    clock.now_s += 1
    assert tokens.user(state, credentials) is None
    assert tokens.claimed_user_id(credentials) is None
    assert not tokens.has_to_renew(credentials)


@pytest.mark.parametrize(
    ("age_s", "expected"), [(0, False), (-60, False), (RENEW_AFTER_S, False), (RENEW_AFTER_S + 1, True), (-600, True)]
)
def test_a_token_is_renewed_when_it_is_old_or_from_the_future(
    tokens: Identity, state: State, ada: User, clock: Clock, age_s: int, *, expected: bool
) -> None:
    credentials = over("http", f"{COOKIE}={tokens.token(ada)}")
    clock.now_s += age_s
    assert tokens.user(state, credentials) is ada
    assert tokens.has_to_renew(credentials) is expected


def test_tokens_are_signed_with_sha_256() -> None:
    signature = Identity(SECRET).token(User("ada", "Ada")).rpartition(".")[2]
    assert len(signature) == 43  # 256 bits in base64 without padding


def test_tokens_of_the_former_signature_are_still_valid() -> None:
    former = URLSafeSerializer(SECRET, salt="turnout.session.1").dumps(["ada", 0])
    assert Identity(SECRET).read(str(former)) == Claim("ada", 0, 0)
