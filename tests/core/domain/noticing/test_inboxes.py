"""Inboxes: their notices, and their read marks."""

from random import Random

import pytest
from history import DETAILS, History, state_after
from msgspec.structs import replace

from turnout_core.domain import limits
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import (
    AnyChange,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    Joined,
    Left,
    Promoted,
    SignedUp,
)
from turnout_core.domain.host_changes import CohostAdded, HandedOver, RequestClosed, Requested
from turnout_core.domain.notice_changes import NoticesRead
from turnout_core.domain.people_changes import SessionOpened, UserRemoved
from turnout_core.domain.state import State
from turnout_core.journal.record import peek
from turnout_core.journal.snapshot import SnapshotLoader, dump, snapshot_format

PEOPLE = ("ada", "bob", "cy", "dan")
EVENTS = ("games", "chess")


def scene() -> History:
    """Ada organizes both events; Bob goes to both."""
    history = History()
    history.add(*(SignedUp(each, each.title()) for each in PEOPLE))
    for event in EVENTS:
        history.add(EventCreated(event, "ada", DETAILS), actor="ada")
        history.add(Joined(event, "bob", 1, "going"), actor="bob")
    return history


def edit(history: History, event: str, title: str, actor: str = "ada") -> int:
    history.add(EventEdited(event, replace(DETAILS, title=title)), actor=actor)
    return history.head.position.seq


def ids(state: State, user: str) -> list[str]:
    return [each.id for each in state.inboxes[user].notices] if user in state.inboxes else []


def reloaded(state: State) -> State:
    loader = SnapshotLoader()
    for chunk in dump(state):
        loader.add(chunk)
    return loader.finish()


def test_the_oldest_notices_make_room() -> None:
    history = scene()
    numbers = [edit(history, "games", f"Title {number}") for number in range(limits.NOTICES_MAX + 3)]
    assert ids(state_after(history), "bob") == [f"{seq}.changed.games" for seq in numbers[3:]]


def test_a_person_who_asks_again_takes_the_place_of_their_earlier_notice() -> None:
    history = scene()
    for _ in range(3):
        history.add(Requested("games", "cy", 1), actor="cy")
        history.add(RequestClosed("games", "cy"), actor="cy")
    history.add(Requested("games", "dan", 1), actor="dan")
    assert [(each.by, each.seq) for each in state_after(history).inboxes["ada"].notices] == [("cy", 10), ("dan", 12)]


def test_reading_never_goes_back() -> None:
    history = scene()
    first, second = edit(history, "games", "One"), edit(history, "games", "Two")
    for until in (second, first):
        history.add(NoticesRead("bob", until), actor="bob")
        assert state_after(history).inboxes["bob"].read == second
    history.add(NoticesRead("dan", second), actor="dan")
    assert "dan" not in state_after(history).inboxes


def test_a_deleted_event_takes_its_notices_along_and_leaves_one() -> None:
    history = scene()
    edit(history, "games", "Secret")
    kept = edit(history, "chess", "Chess")
    history.add(EventDeleted("games"), actor="ada")
    assert ids(state_after(history), "bob") == [f"{kept}.changed.chess", f"{kept + 1}.deleted.games"]
    assert state_after(history).told == {"games": {"bob"}, "chess": {"bob"}, "ada": {"bob"}}


def test_a_person_who_is_erased_leaves_no_trace_in_the_inboxes_of_others() -> None:
    history = scene()
    seq = edit(history, "games", "One")
    history.add(Requested("games", "cy", 1), actor="cy")
    history.add(HandedOver("games"), HandedOver("chess"), UserRemoved("ada"), actor="ada")
    state = state_after(history)
    assert ids(state, "bob") == [f"{seq}.changed.games"]
    assert [each.by for each in state.inboxes["bob"].notices] == [""]
    assert "ada" not in state.inboxes
    assert state.told == {"games": {"bob"}}


def test_an_account_that_brings_a_guest_along_has_the_notices_of_both_by_age() -> None:
    history = scene()
    history.add(Joined("chess", "cy", 1, "going"), actor="cy")
    for event in ("games", "chess", "games"):
        edit(history, event, f"{event} {history.head.position.seq}")
    history.add(NoticesRead("cy", 8), actor="cy")
    history.add(Left("chess", "bob"), Left("games", "bob"), UserRemoved("bob"), SessionOpened("cy", "s", ""))
    state = state_after(history)
    assert ids(state, "cy") == ["7.changed.games", "8.changed.chess", "9.changed.games"]
    assert (state.inboxes["cy"].read, "bob" in state.inboxes) == (0, False)


def test_the_notices_of_a_guest_are_by_the_account_that_brings_them_along() -> None:
    history = scene()
    history.add(CohostAdded("games", "dan"), actor="dan")
    edit(history, "games", "By Dan", actor="dan")
    history.add(UserRemoved("dan"), SessionOpened("cy", "s", ""))
    state = state_after(history)
    assert {each.by for user in ("ada", "bob") for each in state.inboxes[user].notices} == {"cy"}
    history.add(UserRemoved("ada"), HandedOver("games"), HandedOver("chess"), SessionOpened("cy", "t", ""))
    assert "cy" not in state_after(history).inboxes  # what Cy did as a co-host is no news to Cy


def _random_change(random: Random, history: History, state: State) -> None:
    """Adds a commit that fits."""
    event, user, actor = random.choice(EVENTS), random.choice(PEOPLE), random.choice(PEOPLE)
    found = state.events.get(event)
    if user not in state.users or actor not in state.users:
        return
    made: list[AnyChange] = [NoticesRead(user, random.randint(0, state.position.seq))]
    if found is not None:
        made += [EventEdited(event, replace(DETAILS, title=f"Title {state.position.seq}")), EventCancelled(event)]
        made += [Requested(event, user, 1), EventDeleted(event), RequestClosed(event, user), HandedOver(event, user)]
        if user not in found.attendances:
            made.append(Joined(event, user, 1, random.choice(("going", "waitlisted"))))
        elif found.attendances[user].status == "waitlisted":
            made.append(Promoted(event, user))
        else:
            made.append(Left(event, user))
    changes = [random.choice(made)]
    if random.random() < 0.1 and not any(user in index for index in (state.organizing, state.attending)):
        changes = [RequestClosed(each, user) for each in state.involved.get(user, ())]
        changes.append(UserRemoved(user))
        if actor != user and random.random() < 0.5:
            changes.append(SessionOpened(actor, f"s{state.position.seq}", ""))
    by = user if isinstance(changes[0], Requested) else actor
    apply(state, *peek(history.add(*changes, actor=by)))


@pytest.mark.parametrize("seed", range(100))
def test_in_every_history_inboxes_follow_their_rules(seed: int) -> None:
    random, history = Random(seed), scene()
    state = state_after(history)
    for _ in range(60):
        _random_change(random, history, state)
    for user, inbox in state.inboxes.items():
        found = [each.id for each in inbox.notices]
        assert user in state.users
        assert 0 < len(found) == len(set(found)) <= limits.NOTICES_MAX
        assert [each.seq for each in inbox.notices] == sorted(each.seq for each in inbox.notices)
        assert all(each.by != user for each in inbox.notices)
        assert all(each.by in ("", *state.users) for each in inbox.notices)
        assert all(each.event in state.events or each.kind == "deleted" for each in inbox.notices)
    loaded = reloaded(state)
    assert vars(loaded) == vars(state)
    assert list(dump(loaded)) == list(dump(state))
    assert vars(state_after(history)) == vars(state)
    assert snapshot_format(state) == (5 if state.inboxes else snapshot_format(loaded))
