"""Notices that become deliveries."""

from itertools import pairwise
from typing import Final

import pytest
from fake_writer import START_MS, FakeWriter
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain.choice_changes import PreferencesSet, PushAdded
from turnout_core.domain.notices import Inbox, Notice
from turnout_core.domain.people import PushSubscription
from turnout_core.domain.people_changes import MailSet
from turnout_core.domain.preferences import Channel, Preferences
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.deliveries import GATHER_MS, Planned, end_of, plan_notices, steps
from turnout_notifier.queue.port import ALL_USERS, Cursor, QueuedDelivery

_BOTH: Final[tuple[Channel, ...]] = ("mail", "push")
_BEGINNING: Final = Cursor("test", 0, ALL_USERS)


def _person(writer: FakeWriter, *, mail: bool = True, pushes: int = 0, chosen: Preferences | None = None) -> str:
    user = writer.user()
    if mail:
        writer.commit(MailSet(user, f"{user}@here.example"))
    for number in range(pushes):
        push = PushSubscription(f"{user}-{number}", "https://push.example/x", "key", "auth", "phone", START_MS)
        writer.commit(PushAdded(user, push))
    if chosen is not None:
        writer.commit(PreferencesSet(user, chosen))
    return user


def _notices(writer: FakeWriter, user: str, *numbers: int) -> None:
    writer.state.inboxes[user] = Inbox([Notice(each, "changed", "games", "Games", START_MS) for each in numbers])


def _plan(writer: FakeWriter, *users: str, after: Cursor = _BEGINNING) -> list[tuple[int, str, str, int]]:
    planned = plan_notices(writer.state, users, after, _BOTH, START_MS)
    return [(each.seq, each.queued.delivery.channel, each.queued.delivery.target, each.due_ms) for each in planned]


def test_a_notice_goes_by_every_channel_and_to_every_browser() -> None:
    writer = FakeWriter()
    user = _person(writer, pushes=2)
    _notices(writer, user, 7)
    assert _plan(writer, user) == [
        (7, "mail", "", START_MS + GATHER_MS), (7, "push", f"{user}-0", START_MS), (7, "push", f"{user}-1", START_MS),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "channels"),
    [
        (Preferences(), ["mail", "push"]),
        (Preferences(mail=("changed",)), ["push"]),
        (Preferences(push=("changed", "message")), ["mail"]),
        (Preferences(mail=("changed",), push=("changed",)), []),
    ],
)
def test_people_choose_what_comes_by_which_channel(chosen: Preferences, channels: list[str]) -> None:
    writer = FakeWriter()
    user = _person(writer, pushes=1, chosen=chosen)
    _notices(writer, user, 7)
    assert [channel for _, channel, _, _ in _plan(writer, user)] == channels


def test_people_without_an_address_and_people_who_are_gone_get_nothing() -> None:
    writer = FakeWriter()
    silent = _person(writer, mail=False)
    _notices(writer, silent, 7)
    writer.state.inboxes["gone"] = writer.state.inboxes[silent]
    assert _plan(writer, silent, "gone", "without an inbox") == []


def test_in_quiet_hours_all_waits_for_their_end() -> None:
    writer = FakeWriter()
    user = _person(writer, pushes=1, chosen=Preferences(quiet=("00:00", "23:59"), zone="UTC"))
    _notices(writer, user, 7)
    [mail, push] = _plan(writer, user)
    assert mail[3] == push[3] > START_MS + GATHER_MS


def test_only_notices_after_the_cursor_are_planned() -> None:
    writer = FakeWriter()
    ada, bob = _person(writer), _person(writer)
    for user in (ada, bob):
        _notices(writer, user, 5, 7, 9)
    assert [seq for seq, *_ in _plan(writer, ada, after=Cursor("test", 7, ALL_USERS))] == [9]
    between = Cursor("test", 7, ada)  # of commit 7, those of users up to Ada are done
    assert ada < bob
    assert [[seq for seq, *_ in _plan(writer, user, after=between)] for user in (ada, bob)] == [[9], [7, 9]]


def _planned(seq: int, user: str) -> Planned:
    return Planned(seq, user, QueuedDelivery(Delivery("test", f"{seq}.changed.games", "games", "mail", user), 1), 1)


@given(
    wanted=st.lists(st.tuples(st.integers(1, 5), st.sampled_from("abcd")), max_size=40),
    per_step=st.integers(1, 10),
)
def test_steps_lose_nothing_and_a_cursor_between_them_says_what_is_done(
    wanted: list[tuple[int, str]], per_step: int
) -> None:
    after = Cursor("test", 5, ALL_USERS)
    found = list(steps([_planned(*each) for each in wanted], after, per_step))
    assert sorted(wanted) == [(each.seq, each.user) for step in found for each in step.planned]
    assert found[-1].after == after
    for step, following in pairwise(found):
        assert len(step.planned) >= per_step
        assert all((each.seq, each.user) <= (step.after.seq, step.after.user) for each in step.planned)
        assert all((each.seq, each.user) > (step.after.seq, step.after.user) for each in following.planned)


def test_the_cursor_moves_also_without_deliveries() -> None:
    writer = FakeWriter()
    writer.user()
    [step] = steps([], end_of(writer.state))
    assert step == ([], Cursor("test", writer.state.position.seq, ALL_USERS))
