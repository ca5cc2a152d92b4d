"""The rules of accounts at the provider: who signs in, who gets the account, who moderates."""

from typing import Any

import pytest
from event_scenario import SESSION, EventScenario, id_of

from turnout_command.rules.decide import decide
from turnout_core.domain import limits, rejections
from turnout_core.domain.account_commands import SignInWithAccount, UnlinkAccount
from turnout_core.domain.changes import AnyChange, SignedUp
from turnout_core.domain.moderation import OPERATOR
from turnout_core.domain.moderation_changes import ModeratorAdded, ModeratorRemoved
from turnout_core.domain.people import Account
from turnout_core.domain.people_changes import AccountLinked, AccountUnlinked, SessionClosed, SessionOpened, UserRemoved

ISSUER = "https://id.example"
NEW = "newsessionaa"


def command(subject: str = "1", **fields: Any) -> SignInWithAccount:
    given: dict[str, Any] = {"session": NEW, "user": id_of("new"), "name": "Ada", "label": "Ada L."} | fields
    return SignInWithAccount(issuer=ISSUER, subject=subject, **given)


def account(scenario: EventScenario, subject: str = "1") -> Account:
    return Account(ISSUER, subject, "Ada L.", scenario.now)


def sign_in(scenario: EventScenario, person: str | None = None, subject: str = "1", **fields: Any) -> list[AnyChange]:
    changes = scenario.decide(person, command(subject, **fields))
    scenario._apply(id_of(person) if person else None, changes)
    return changes


def test_a_visitor_with_an_unknown_account_is_a_new_user() -> None:
    scenario = EventScenario()
    assert sign_in(scenario) == [
        SignedUp(id_of("new"), "Ada"),
        SessionOpened(id_of("new"), NEW, ""),
        AccountLinked(id_of("new"), account(scenario)),
    ]


def test_an_unknown_account_becomes_a_way_back_of_the_guest() -> None:
    scenario = EventScenario()
    assert sign_in(scenario, "olga", former=SESSION) == [
        SessionClosed(id_of("olga"), SESSION),
        SessionOpened(id_of("olga"), NEW, ""),
        AccountLinked(id_of("olga"), account(scenario)),
    ]
    assert scenario.state.users[id_of("olga")].has_way_back


@pytest.mark.parametrize("person", [None, "bob"])
def test_a_known_account_signs_its_user_in(person: str | None) -> None:
    scenario = EventScenario()
    sign_in(scenario, "olga")
    opened = [SessionOpened(id_of("olga"), "anothersessi", "")]
    assert sign_in(scenario, person, session="anothersessi") == opened
    assert scenario.state.by_account == {(ISSUER, "1"): id_of("olga")}


def test_the_session_of_another_user_stays() -> None:
    scenario = EventScenario()
    sign_in(scenario, "olga")
    sign_in(scenario, "bob", session="anothersessi", former=SESSION)
    assert [each.id for each in scenario.state.users[id_of("bob")].sessions] == [SESSION]


def test_a_guest_is_brought_along_on_request_only() -> None:
    scenario = EventScenario(capacity=3)
    sign_in(scenario, "ada")
    scenario.join("bob", 2)
    assert UserRemoved(id_of("bob")) not in scenario.decide("bob", command(session="anothersessi"))
    sign_in(scenario, "bob", session="anothersessi", brings_guest=True)
    assert (scenario.going(), scenario.event.going) == (["ada"], 2)
    assert id_of("bob") not in scenario.state.users


def test_a_guest_who_is_the_user_of_the_account_stays() -> None:
    scenario = EventScenario()
    scenario.join("ada")
    for session in (NEW, "anothersessi"):
        sign_in(scenario, "ada", session=session, brings_guest=True)
    assert scenario.going() == ["ada"]


def test_an_account_of_another_issuer_is_another_account() -> None:
    scenario = EventScenario()
    sign_in(scenario, "olga")
    other = command().model_copy(update={"issuer": "https://other.example"})
    assert decide(scenario.state, other, None, scenario.now)[0] == SignedUp(id_of("new"), "Ada")


def test_a_person_has_a_few_accounts() -> None:
    scenario = EventScenario()
    for number in range(limits.ACCOUNTS_MAX):
        sign_in(scenario, "olga", str(number), session=f"session{'abcdefg'[number]}aaaa")
    with pytest.raises(rejections.Invalid, match="accounts already"):
        sign_in(scenario, "olga", "one more")
    sign_in(scenario, "olga", "0")


def test_a_group_makes_and_ends_moderators() -> None:
    scenario = EventScenario()
    assert ModeratorAdded(id_of("olga"), "group") in sign_in(scenario, "olga", is_moderator=True)
    again = sign_in(scenario, session="anothersessi", is_moderator=True)
    assert [type(each) for each in again] == [SessionOpened]
    assert ModeratorRemoved(id_of("olga")) in sign_in(scenario, session="thirdsession")
    assert scenario.state.moderators == {}
    audit = [(each.by, each.action, each.about, each.label) for each in scenario.state.audit]
    assert audit == [(OPERATOR, f"{act}-moderator", id_of("olga"), "olga") for act in ("add", "remove")]


def test_a_moderator_by_command_keeps_the_role() -> None:
    scenario = EventScenario()
    scenario._apply(None, [ModeratorAdded(id_of("olga"), "command")])
    for is_moderator in (True, False):
        sign_in(scenario, "olga", session=f"session{'ab'[is_moderator]}aaaa", is_moderator=is_moderator)
    assert scenario.state.moderators == {id_of("olga"): "command"}


def test_a_guest_who_moderates_by_command_brings_that_role_along() -> None:
    scenario = EventScenario()
    sign_in(scenario, "olga")
    scenario.join("bob")
    scenario._apply(None, [ModeratorAdded(id_of("bob"), "command")])
    sign_in(scenario, "bob", session="anothersessi", brings_guest=True, is_moderator=True)
    assert scenario.state.moderators == {id_of("olga"): "command"}


def test_a_new_user_of_the_group_is_a_moderator() -> None:
    assert ModeratorAdded(id_of("new"), "group") in sign_in(EventScenario(), is_moderator=True)


def test_an_account_is_unlinked_by_its_user_only() -> None:
    scenario = EventScenario()
    sign_in(scenario, "olga")
    unlink = UnlinkAccount(account=account(scenario).id)
    with pytest.raises(rejections.AccountNotFound):
        scenario.execute("bob", unlink)
    assert scenario.execute("olga", unlink) == [AccountUnlinked(id_of("olga"), ISSUER, "1")]
    with pytest.raises(rejections.AccountNotFound):
        scenario.execute("olga", unlink)
    assert scenario.state.by_account == {}


def test_the_role_of_a_group_ends_with_the_last_account() -> None:
    scenario = EventScenario()
    sign_in(scenario, "olga", "1", is_moderator=True)
    sign_in(scenario, "olga", "2", session="anothersessi", is_moderator=True)
    scenario.execute("olga", UnlinkAccount(account=account(scenario, "1").id))
    assert scenario.state.moderators == {id_of("olga"): "group"}
    scenario.execute("olga", UnlinkAccount(account=account(scenario, "2").id))
    assert scenario.state.moderators == {}
