"""Choices of people about notices: preferences, subscriptions to push, the feed of their events."""

from typing import Any

import pytest
from event_scenario import EventScenario, id_of

from turnout_core.domain import limits, rejections
from turnout_core.domain.changes import AnyChange, SignedOut
from turnout_core.domain.choice_changes import FeedSet, MailBounced, PreferencesSet, PushAdded, PushRemoved
from turnout_core.domain.choice_commands import (
    AddPush,
    ForgetPush,
    PreferencesBody,
    PushBody,
    PushKeys,
    RemovePush,
    ReportBounce,
    SetFeed,
    SetPreferences,
    Unsubscribe,
)
from turnout_core.domain.moderation_changes import UserBlocked
from turnout_core.domain.notices import NoticeKind
from turnout_core.domain.people import FORMER_SESSION, push_id
from turnout_core.domain.people_changes import MailSet, SessionClosed, SessionOpened, UserRemoved
from turnout_core.domain.person_commands import SetMail
from turnout_core.domain.preferences import KINDS, Channel, Preferences

ADA, BOB = id_of("ada"), id_of("bob")
_KEYS = PushKeys(p256dh="B" * 87, auth="A" * 22)


def scenario_of(*people: str) -> EventScenario:
    scenario = EventScenario()
    for person in people or ("ada", "bob"):
        scenario.sign_up(person)
    return scenario


def choose(**fields: Any) -> SetPreferences:
    defaults = {"reminders": ["two-hours", "day"], "mail": [], "push": []}
    return SetPreferences(body=PreferencesBody.model_validate(defaults | fields))


def push(endpoint: str, session: str = "phone", keys: PushKeys = _KEYS) -> AddPush:
    return AddPush(session=session, body=PushBody(endpoint=f"https://push.example/{endpoint}", keys=keys))


def id_of_push(endpoint: str) -> str:
    return push_id(f"https://push.example/{endpoint}")


def endpoints(scenario: EventScenario, person: str) -> list[str]:
    return [each.endpoint.rpartition("/")[2] for each in scenario.state.users[id_of(person)].pushes]


def test_preferences_are_kept_as_chosen_and_the_defaults_as_no_choice() -> None:
    scenario = scenario_of()
    chosen = choose(
        reminders=["day"], mail=["message", "asked", "message"], push=["reminder"],
        quiet=["22:00", "07:30"], zone="Europe/Vienna",
    )  # fmt: skip
    expected = Preferences(("day",), ("asked", "message"), ("reminder",), ("22:00", "07:30"), "Europe/Vienna")
    assert scenario.execute("ada", chosen) == [PreferencesSet(ADA, expected)]
    assert scenario.state.users[ADA].notify == expected
    assert scenario.execute("ada", chosen) == []
    assert scenario.execute("ada", choose()) == [PreferencesSet(ADA)]
    assert scenario.execute("ada", choose(reminders=["day", "two-hours"])) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"quiet": ["22:00", "07:00"]}, "zone"),
        ({"quiet": ["22:00", "22:00"], "zone": "Europe/Vienna"}, "quiet"),
    ],
)
def test_hours_need_a_zone_and_an_end(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(rejections.Invalid) as error:
        scenario_of().decide("ada", choose(**fields))
    assert [each["field"] for each in error.value.extra["errors"]] == [field]


@pytest.mark.parametrize("channel", ["mail", "push"])
def test_unsubscribing_switches_one_kind_off_and_nothing_else(channel: Channel) -> None:
    scenario = scenario_of()
    scenario.execute("ada", choose(reminders=["day"], mail=["message"], push=["message"]))
    command = Unsubscribe(channel=channel, kind="changed")
    scenario.execute("ada", command)
    notify = scenario.state.users[ADA].notify
    both: tuple[NoticeKind, ...] = ("changed", "message")
    off = {"mail": notify.mail, "push": notify.push} if notify else {}
    assert off == {"mail": ("message",), "push": ("message",)} | {channel: both}
    assert notify is not None
    assert notify.reminders == ("day",)
    assert scenario.execute("ada", command) == []
    scenario.execute("ada", Unsubscribe(channel=channel, kind="all"))
    assert getattr(scenario.state.users[ADA].notify, channel) == KINDS


def test_a_browser_subscribes_once_and_shows_the_notices_of_one_person() -> None:
    scenario = scenario_of()
    scenario.execute("ada", push("a"))
    assert scenario.execute("ada", push("a")) == []
    other_keys = PushKeys(p256dh="C" * 87, auth="C" * 22)
    for again in (push("a", keys=other_keys), push("a", session="desk")):
        assert [type(each) for each in scenario.execute("ada", again)] == [PushAdded]
        assert endpoints(scenario, "ada") == ["a"]
    scenario.execute("bob", push("a"))
    assert (endpoints(scenario, "ada"), endpoints(scenario, "bob")) == ([], ["a"])
    assert scenario.state.by_push == {id_of_push("a"): BOB}


def test_the_oldest_of_too_many_browsers_makes_room() -> None:
    scenario = scenario_of()
    for number in range(limits.PUSHES_MAX + 1):
        scenario.execute("ada", push(str(number)))
    assert endpoints(scenario, "ada") == [str(number) for number in range(1, limits.PUSHES_MAX + 1)]
    scenario.execute("ada", push("5", session="desk"))
    assert sorted(endpoints(scenario, "ada"), key=int) == [str(number) for number in range(1, limits.PUSHES_MAX + 1)]


@pytest.mark.parametrize(
    ("end", "left"),
    [
        (SessionClosed(ADA, "phone"), ["desk", "former"]),
        (SessionClosed(ADA, FORMER_SESSION), ["phone", "desk"]),
        (SignedOut(ADA), []),
        (UserBlocked(ADA), []),
    ],
)
def test_a_subscription_ends_with_its_session_and_with_a_block(end: AnyChange, left: list[str]) -> None:
    scenario = scenario_of()
    scenario.apply("ada", [SessionOpened(ADA, "phone", ""), SessionOpened(ADA, "desk", "")])
    for session in ("phone", "desk"):
        scenario.execute("ada", push(session, session))
    scenario.execute("ada", push("former", FORMER_SESSION))
    scenario.execute("bob", push("bob"))
    scenario.apply("ada", [end])
    assert endpoints(scenario, "ada") == left
    assert set(scenario.state.by_push) == {id_of_push(each) for each in (*left, "bob")}


def test_nothing_of_an_erased_person_stays_and_of_a_blocked_one_nothing_comes() -> None:
    scenario = scenario_of()
    scenario.execute("ada", push("a"))
    scenario.apply("ada", [UserRemoved(ADA)])
    assert scenario.state.by_push == {}
    scenario.apply("bob", [UserBlocked(BOB)])
    with pytest.raises(rejections.UserIsBlocked):
        scenario.decide("bob", push("b"))
    assert scenario.decide("bob", choose(mail=["reminder"]))  # less is always possible


def test_a_subscription_is_removed_by_its_owner_only() -> None:
    scenario = scenario_of()
    scenario.execute("ada", push("a"))
    for person, name in (("bob", id_of_push("a")), ("ada", id_of_push("b"))):
        with pytest.raises(rejections.PushNotFound):
            scenario.decide(person, RemovePush(id=name))
    assert scenario.execute("ada", RemovePush(id=id_of_push("a"))) == [PushRemoved(ADA, id_of_push("a"))]
    assert endpoints(scenario, "ada") == []


def test_the_notifier_forgets_what_is_gone_and_nothing_else() -> None:
    scenario = scenario_of()
    scenario.execute("ada", push("a"))
    for user, name in ((BOB, id_of_push("a")), (ADA, id_of_push("b")), (id_of("nobody"), id_of_push("a"))):
        assert scenario.decide(None, ForgetPush(user=user, push=name)) == []
    forgotten = scenario.decide(None, ForgetPush(user=ADA, push=id_of_push("a")))
    assert forgotten == [PushRemoved(ADA, id_of_push("a"))]


def test_a_feed_is_made_replaced_and_ended() -> None:
    scenario = scenario_of()
    assert scenario.execute("ada", SetFeed()) == []
    assert [scenario.execute("ada", SetFeed(feed=each)) for each in (7, 8, 0)] == [
        [FeedSet(ADA, 7)], [FeedSet(ADA, 8)], [FeedSet(ADA)],
    ]  # fmt: skip
    assert scenario.state.users[ADA].feed == 0


def test_an_address_that_does_not_exist_gets_nothing_until_it_is_confirmed_again() -> None:
    scenario = scenario_of()
    scenario.execute("ada", SetMail(mail="ada@here.example"))
    for user, mail in ((BOB, "ada@here.example"), (ADA, "old@here.example"), (BOB, ""), (id_of("nobody"), "")):
        assert scenario.decide(None, ReportBounce(user=user, mail=mail)) == []
    bounce = ReportBounce(user=ADA, mail="ada@here.example")
    assert scenario.execute("ada", bounce) == [MailBounced(ADA)]  # the actor does not matter
    assert scenario.state.users[ADA].bounced
    assert scenario.decide(None, bounce) == []
    assert scenario.execute("ada", SetMail(mail="ada@here.example")) == [MailSet(ADA, "ada@here.example")]
    assert not scenario.state.users[ADA].bounced
