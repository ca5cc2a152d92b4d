"""``may`` against the table of tests/vectors/access.json, for every viewer, event and action."""

import pytest
from access_table import ACTIONS, EVENT, SETTINGS, VIEWERS, Setting, allowed, state_for, viewer_in

from turnout_core.domain.access import Action, may


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: "-".join(map(str, each)))
def test_may_grants_what_the_table_grants_and_nothing_else(setting: Setting) -> None:
    state = state_for(setting)
    event = state.events[EVENT]
    granted = {
        viewer: frozenset(action for action in ACTIONS if may(viewer_in(state, viewer), action, event))
        for viewer in VIEWERS
    }
    assert granted == {viewer: allowed(viewer, setting) for viewer in VIEWERS}


@pytest.mark.parametrize("action", ACTIONS)
def test_the_table_grants_each_action_to_some_and_refuses_it_to_others(action: Action) -> None:
    granted = {action in allowed(viewer, setting) for viewer in VIEWERS for setting in SETTINGS}
    assert granted == {True, False}
