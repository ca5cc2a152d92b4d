"""Links that carry a signature: nobody can make one, and none counts as another."""

import pytest

from turnout_core.domain.position import Position
from turnout_core.domain.preferences import KINDS
from turnout_core.domain.state import State, User
from turnout_core.web.identity import Identity
from turnout_core.web.signed_links import FEED_SUFFIX, FEEDS, UNSUBSCRIBE, SignedLinks, Subscription

SECRET = "a secret for tests"
LINKS = SignedLinks(SECRET)


def token_of(path: str, prefix: str, suffix: str = "") -> str:
    assert path.startswith(f"{prefix}/")
    assert path.endswith(suffix)
    return path.removeprefix(f"{prefix}/").removesuffix(suffix)


def feed_token(user: str, feed: int, links: SignedLinks = LINKS) -> str:
    return token_of(links.feed_path(user, feed), FEEDS, FEED_SUFFIX)


def unsubscribe_token(subscription: Subscription, links: SignedLinks = LINKS) -> str:
    return token_of(links.unsubscribe_path(subscription), UNSUBSCRIBE)


def state_with(*users: User) -> State:
    state = State(Position("test", 0), "")
    for user in users:
        state.add_user(user)
    return state


@pytest.mark.parametrize("kind", [*KINDS, "all"])
def test_a_subscription_comes_back_as_it_went(kind: str) -> None:
    subscription = Subscription("ada", "mail", kind)  # type: ignore[arg-type]
    assert SignedLinks(SECRET).read_subscription(unsubscribe_token(subscription)) == subscription


def test_only_the_present_feed_is_found() -> None:
    state = state_with(User("ada", "Ada", feed=7), User("bob", "Bob"))
    found = LINKS.find_feed(state, feed_token("ada", 7))
    assert (found and found.id) == "ada"
    for token in (feed_token("ada", 6), feed_token("bob", 7), feed_token("bob", 0), feed_token("cy", 7)):
        assert LINKS.find_feed(state, token) is None


def test_forged_tokens_count_for_nothing() -> None:
    state = state_with(User("ada", "Ada", feed=7))
    feed, unsubscribe = feed_token("ada", 7), unsubscribe_token(Subscription("ada", "mail", "reminder"))
    other = SignedLinks("another secret")
    forged = [
        "", ".", "ü", "a.b", "\x00", feed[:-1], feed + "A", unsubscribe[:-1],
        feed_token("ada", 7, other), unsubscribe_token(Subscription("ada", "mail", "reminder"), other),
        Identity(SECRET).token("ada", "sessionaaaaa"),
    ]  # fmt: skip
    assert [LINKS.find_feed(state, each) for each in (*forged, unsubscribe)] == [None] * (len(forged) + 1)
    assert [LINKS.read_subscription(each) for each in (*forged, feed)] == [None] * (len(forged) + 1)
    assert Identity(SECRET).read(feed) is None
    assert Identity(SECRET).read(unsubscribe) is None


def test_a_kind_that_this_version_does_not_know_is_no_subscription() -> None:
    for subscription in (("ada", "mail", "news"), ("ada", "pigeon", "reminder")):
        assert LINKS.read_subscription(unsubscribe_token(Subscription(*subscription))) is None  # type: ignore[arg-type]
