"""Webhooks of an event: only the organizer adds and removes them, and they end with that role."""

from functools import partial

import pytest
from event_scenario import EventScenario, assert_refused, id_of
from pydantic import ValidationError

from turnout_core.domain import changes, limits, rejections
from turnout_core.domain.changes import EventDeleted
from turnout_core.domain.event_desk import Webhook
from turnout_core.domain.host_changes import CohostAdded, HandedOver, WebhookAdded, WebhookRemoved
from turnout_core.domain.host_commands import (
    AddWebhook,
    ForgetWebhook,
    HandOver,
    RemoveCohost,
    RemoveWebhook,
    WebhookBody,
)
from turnout_core.domain.moderation_changes import UserBlocked
from turnout_core.domain.people_changes import UserRemoved
from turnout_core.domain.person_commands import EraseMe

GAMES = id_of("games")
CLEO, OLGA = id_of("cleo"), id_of("olga")
URL = "https://hooks.example/secret"


def add(scenario: EventScenario, name: str = "first", by: str = "olga", url: str = URL) -> list[changes.AnyChange]:
    return scenario.execute(by, AddWebhook(event=GAMES, webhook=id_of(name), body=WebhookBody(url=url)))


def remove(scenario: EventScenario, name: str = "first", by: str = "olga") -> list[changes.AnyChange]:
    return scenario.execute(by, RemoveWebhook(event=GAMES, webhook=id_of(name)))


def webhooks(scenario: EventScenario) -> list[str]:
    return list(scenario.event.desk.webhooks) if scenario.event.desk is not None else []


@pytest.fixture
def scenario() -> EventScenario:
    """Cleo is a co-host, and ada attends."""
    made = EventScenario()
    made.join("ada")
    made.sign_up("cleo")
    made.apply("olga", [CohostAdded(GAMES, CLEO)])
    return made


def test_the_organizer_adds_and_removes_webhooks(scenario: EventScenario) -> None:
    assert add(scenario) == [WebhookAdded(GAMES, Webhook(id_of("first"), URL, scenario.now))]
    add(scenario, "other")
    assert remove(scenario) == [WebhookRemoved(GAMES, id_of("first"))]
    assert webhooks(scenario) == [id_of("other")]
    with pytest.raises(rejections.WebhookNotFound):
        remove(scenario)


def test_all_others_are_refused_also_a_co_host_and_a_blocked_organizer(scenario: EventScenario) -> None:
    add(scenario)
    for person in ("cleo", "ada", "eve"):
        assert_refused(
            rejections.NotOrganizer, partial(add, scenario, "x", person), partial(remove, scenario, by=person)
        )
    scenario.apply("cleo", [UserBlocked(OLGA)])
    assert_refused(rejections.UserIsBlocked, lambda: add(scenario, "x"), lambda: remove(scenario))


def test_an_event_has_at_most_five(scenario: EventScenario) -> None:
    for number in range(limits.WEBHOOKS_MAX):
        add(scenario, "abcde"[number])
    with pytest.raises(rejections.LimitReached, match="at most 5 webhooks"):
        add(scenario, "f")
    remove(scenario, "a")
    add(scenario, "f")


def test_an_event_that_is_handed_over_has_none(scenario: EventScenario) -> None:
    add(scenario)
    made = scenario.execute("olga", HandOver(event=GAMES, user=CLEO))
    assert made == [WebhookRemoved(GAMES, id_of("first")), HandedOver(GAMES, CLEO), CohostAdded(GAMES, OLGA)]
    assert webhooks(scenario) == []


def test_a_co_host_who_goes_leaves_them(scenario: EventScenario) -> None:
    add(scenario)
    scenario.execute("olga", RemoveCohost(event=GAMES, user=CLEO))
    assert webhooks(scenario) == [id_of("first")]


@pytest.mark.parametrize("has_heir", [True, False])
def test_they_go_with_the_organizer_who_is_erased(scenario: EventScenario, *, has_heir: bool) -> None:
    if not has_heir:
        scenario.execute("olga", RemoveCohost(event=GAMES, user=CLEO))
    add(scenario)
    made = scenario.execute("olga", EraseMe())
    assert (made[0], made[-1]) == (WebhookRemoved(GAMES, id_of("first")), UserRemoved(OLGA))
    assert scenario.event.desk is None


def test_a_webhook_whose_receiver_is_gone_is_forgotten_once(scenario: EventScenario) -> None:
    add(scenario)
    forget = ForgetWebhook(event=GAMES, webhook=id_of("first"))
    assert scenario.decide(None, forget) == [WebhookRemoved(GAMES, id_of("first"))]
    for other in (forget.model_copy(update={"webhook": "other"}), forget.model_copy(update={"event": "other"})):
        assert scenario.decide(None, other) == []


def test_a_deletion_names_the_webhooks_that_are_told(scenario: EventScenario) -> None:
    add(scenario)
    assert scenario.delete() == [EventDeleted(GAMES, (Webhook(id_of("first"), URL, scenario.now),))]


@pytest.mark.parametrize("url", ["", "ftp://a.example/", "https://a:b@a.example/", "nothing", "https://" + "a" * 500])
def test_an_address_that_is_none_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        WebhookBody(url=url)
