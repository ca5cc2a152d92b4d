"""The commands of the operator: what they change, refuse and audit."""

import pytest
from event_scenario import ENDS_AT, EventScenario, id_of

from turnout_command.rules.room import need_room
from turnout_core.domain import rejections
from turnout_core.domain.moderation import OPERATOR
from turnout_core.domain.moderation_commands import OperateEvent, OperatePerson

GAMES, OLGA = id_of("games"), id_of("olga")
REASON = "they asked"


def operate(scenario: EventScenario, command: OperateEvent | OperatePerson) -> list[tuple[str, str, str, str]]:
    """Runs the command, and returns the last entry of the audit."""
    made = scenario.decide(None, command)
    assert command.action == "rename" or not need_room(scenario.state, made)
    if made:
        scenario._apply(None, made)
    return [(each.by, each.action, each.about, each.label) for each in scenario.state.audit[-1:]]


def person(action: str, name: str | None = None, user: str = OLGA) -> OperatePerson:
    return OperatePerson.model_validate({"action": action, "user": user, "name": name, "reason": REASON})


def test_the_operator_cancels_and_deletes_an_event() -> None:
    scenario = EventScenario()
    cancel = OperateEvent(action="cancel", event=GAMES, reason=REASON)
    assert operate(scenario, cancel) == [(OPERATOR, "cancel", GAMES, "Board games")]
    assert scenario.event.status == "cancelled"
    with pytest.raises(rejections.EventIsCancelled):
        operate(scenario, cancel)
    delete = OperateEvent(action="delete", event=GAMES, reason=REASON)
    assert operate(scenario, delete) == [(OPERATOR, "delete", GAMES, "Board games")]
    assert scenario.state.events == {}
    for command in (cancel, delete):
        with pytest.raises(rejections.EventNotFound):
            operate(scenario, command)


def test_a_past_event_is_not_cancelled() -> None:
    scenario = EventScenario()
    scenario.now = ENDS_AT
    with pytest.raises(rejections.EventHasEnded):
        operate(scenario, OperateEvent(action="cancel", event=GAMES, reason=REASON))


def test_the_operator_renames_a_person_and_keeps_the_former_name_nowhere() -> None:
    scenario = EventScenario()
    assert "olga" in scenario.state.users[OLGA].name
    scenario.state.users[OLGA].name = "Rude words"
    assert operate(scenario, person("rename", "Olga")) == [(OPERATOR, "rename", OLGA, "Olga")]
    assert scenario.state.users[OLGA].name == "Olga"
    assert scenario.decide(None, person("rename", "Olga")) == []
    with pytest.raises(rejections.Invalid, match="name"):
        operate(scenario, person("rename"))


def test_the_operator_removes_a_person_as_they_could_do_themselves() -> None:
    scenario = EventScenario()
    assert operate(scenario, person("remove")) == [(OPERATOR, "remove", OLGA, "")]
    assert (scenario.event.organizer, scenario.event.status, OLGA in scenario.state.users) == ("", "cancelled", False)


@pytest.mark.parametrize(("does", "undoes"), [("block", "unblock"), ("add-moderator", "remove-moderator")])
def test_the_operator_blocks_and_makes_moderators(does: str, undoes: str) -> None:
    scenario = EventScenario()
    for action, is_so in ((does, True), (undoes, False)):
        assert operate(scenario, person(action)) == [(OPERATOR, action, OLGA, "olga")]
        assert (scenario.state.users[OLGA].blocked or OLGA in scenario.state.moderators) == is_so
        assert scenario.decide(None, person(action)) == []


@pytest.mark.parametrize("action", ["rename", "remove", "block", "unblock", "add-moderator", "remove-moderator"])
def test_an_unknown_person_is_refused(action: str) -> None:
    with pytest.raises(rejections.UserNotFound):
        EventScenario().decide(None, person(action, "Olga", id_of("nobody")))
