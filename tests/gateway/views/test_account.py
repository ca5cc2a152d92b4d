"""The view of the sessions of a user and of their ways back."""

from typing import Any

import pytest
from hub_harness import HubHarness, pop_types

from turnout_core.domain.choice_changes import FeedSet, MailBounced, PreferencesSet, PushAdded, PushRemoved
from turnout_core.domain.moderation_changes import ModeratorAdded, ModeratorRemoved, UserBlocked, UserUnblocked
from turnout_core.domain.people import Account, Passkey, PushSubscription
from turnout_core.domain.people_changes import (
    AccountLinked,
    AccountUnlinked,
    MailSet,
    PasskeyAdded,
    PasskeyRemoved,
    PasskeyUsed,
    RecoverySet,
    SessionClosed,
    SessionOpened,
    SessionUsed,
)
from turnout_core.domain.preferences import Preferences
from turnout_core.web.signed_links import SignedLinks

SECRETS = ("recovery-digest", "public-key", "subject-at-provider")


def shown(harness: HubHarness, user: str) -> dict[str, dict[str, Any]]:
    """The items of a new client by key, without what the key says."""
    items = harness.watch("me/account", user)["items"]
    return {each["key"]: {name: each[name] for name in each if name not in ("key", "kind")} for each in items}


def test_the_account_of_a_user_as_it_grows_and_shrinks() -> None:
    harness = HubHarness()
    writer = harness.writer
    user = writer.user("Ada")
    harness.flush()
    _, sink = harness.client("me/account", user=user)
    account = Account("https://id.example", SECRETS[2], "ada@work", 8)
    now = writer.now_ms
    plain = {"rank": 0, "id": user, "name": "Ada", "recovery": False, "mail": None}
    phone = {"rank": now, "id": "phone", "device": "Chrome on Android", "opened_at": now, "seen_at": now}
    passkey = {"rank": 7, "id": "key1", "name": "iPhone", "added_at": 7}
    linked = {"rank": 8, "id": account.id, "label": "ada@work", "added_at": 8}
    keys = {"session": "session:phone", "passkey": "passkey:key1", "linked": f"linked-account:{account.id}"}
    steps: list[tuple[Any, str, dict[str, Any] | None]] = [
        (SessionOpened(user, "phone", "Chrome on Android"), keys["session"], phone),
        (PasskeyAdded(user, Passkey("key1", SECRETS[1], "iPhone", 7)), keys["passkey"], passkey),
        (AccountLinked(user, account), keys["linked"], linked),
        (RecoverySet(user, SECRETS[0]), "account", plain | {"recovery": True}),
        (RecoverySet(user), "account", plain),
        (MailSet(user, "ada@example.org"), "account", plain | {"mail": "ada@example.org"}),
        (MailBounced(user), "account", plain | {"mail": "ada@example.org", "bounced": True}),
        (MailSet(user, "ada@example.org"), "account", plain | {"mail": "ada@example.org"}),
        (MailSet(user), "account", plain),
        (ModeratorAdded(user, "command"), "account", plain | {"moderator": True}),
        (ModeratorRemoved(user), "account", plain),
        (UserBlocked(user), "account", plain | {"blocked": True}),
        (UserUnblocked(user), "account", plain),
        (AccountUnlinked(user, account.issuer, account.subject), keys["linked"], None),
        (PasskeyRemoved(user, "key1"), keys["passkey"], None),
        (SessionClosed(user, "phone"), keys["session"], None),
    ]
    for change, key, expected in steps:
        writer.commit(change)
        harness.flush()
        (patch,) = sink.pop_messages()
        assert ([each["key"] for each in patch["upsert"]], patch["remove"]) == (
            ([key], []) if expected else ([], [key])
        )
        assert shown(harness, user).get(key) == expected
        assert not [each for each in SECRETS if each in str(patch)]
    writer.commit(PasskeyAdded(user, Passkey("key2", "k", "Mac", 9)))
    harness.flush()
    sink.frames.clear()
    writer.commit(PasskeyUsed(user, "key2", 3))
    harness.flush()
    assert pop_types(sink) == []


def test_a_session_that_is_used_shows_when_and_a_new_name_is_there() -> None:
    harness = HubHarness()
    user = harness.writer.user("Ada")
    session = harness.writer.open_session(user)
    harness.flush()
    _, sink = harness.client("me/account", user=user, session=session)
    harness.writer.now_ms += 86_400_000
    harness.writer.commit(SessionUsed(user, session))
    harness.flush()
    (patch,) = sink.pop_messages()
    assert [each["seen_at"] - each["opened_at"] for each in patch["upsert"]] == [86_400_000]
    harness.writer.rename(user, "Adele")
    harness.flush()
    assert [each["name"] for each in sink.pop_messages()[0]["upsert"]] == ["Adele"]


def test_the_choices_of_the_user_as_they_change() -> None:
    harness = HubHarness()
    links = SignedLinks("a secret for tests")
    harness.hub.views.sign_with(links)
    writer = harness.writer
    user = writer.user("Ada")
    harness.flush()
    _, sink = harness.client("me/account", user=user)
    defaults = {"rank": 0, "reminders": ["day", "two-hours"], "mail": [], "push": [], "quiet": None, "zone": None}
    assert shown(harness, user)["preferences"] == defaults
    chosen = Preferences(("day",), ("message",), ("reminder",), ("22:00", "07:00"), "Europe/Vienna")
    expected = {
        "rank": 0, "reminders": ["day"], "mail": ["message"], "push": ["reminder"],
        "quiet": ["22:00", "07:00"], "zone": "Europe/Vienna",
    }  # fmt: skip
    push = PushSubscription("push1", "https://push.example/secret", "public-key", "auth-secret", "phone", 9)
    account = {"rank": 0, "id": user, "name": "Ada", "recovery": False, "mail": None}
    steps: list[tuple[Any, str, dict[str, Any] | None]] = [
        (PreferencesSet(user, chosen), "preferences", expected),
        (PreferencesSet(user), "preferences", defaults),
        (PushAdded(user, push), "push:push1", {"rank": 9, "id": "push1", "session": "phone", "added_at": 9}),
        (PushRemoved(user, "push1"), "push:push1", None),
        (FeedSet(user, 7), "account", account | {"feed": links.feed_path(user, 7)}),
        (FeedSet(user, 8), "account", account | {"feed": links.feed_path(user, 8)}),
        (FeedSet(user), "account", account),
    ]
    for change, key, item in steps:
        writer.commit(change)
        harness.flush()
        (patch,) = sink.pop_messages()
        assert ([each["key"] for each in patch["upsert"]], patch["remove"]) == (([key], []) if item else ([], [key]))
        assert shown(harness, user).get(key) == item
        assert not [each for each in (push.endpoint, push.key, push.auth) if each in str(patch)]


def test_each_user_reads_their_own_and_visitors_none() -> None:
    harness = HubHarness()
    ada, ben = harness.writer.user("Ada"), harness.writer.user("Ben")
    harness.writer.commit(MailSet(ada, "ada@example.org"))
    harness.flush()
    for user, has_mail in ((ada, True), (ben, False), (ada, True)):
        assert ("ada@example.org" in str(harness.watch("me/account", user))) is has_mail
    assert harness.watch("me/account")["code"] == "signed-out"


@pytest.mark.parametrize("closes", ["own", "other"])
def test_a_closed_session_loses_the_view_and_the_others_see_it_go(closes: str) -> None:
    harness = HubHarness()
    writer = harness.writer
    user = writer.user()
    phone, laptop = writer.open_session(user), writer.open_session(user)
    harness.flush()
    _, sink = harness.client("me/account", user=user, session=phone)
    writer.commit(SessionClosed(user, phone if closes == "own" else laptop))
    harness.flush()
    assert pop_types(sink) == (["fail"] if closes == "own" else ["patch"])
