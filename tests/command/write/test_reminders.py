"""The writer commits each reminder once, when it is due, and never for a time that has passed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from clocked_writer import NOON, Clock, PastHistory, commits, leading, utc
from history import DETAILS, History
from msgspec.structs import replace
from waiting import until

from fakes.memory_journal import MemoryJournal
from turnout_command.write.reminders import Reminders
from turnout_command.write.writer import Writer
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import (
    AnyChange,
    Commit,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    Joined,
    SignedUp,
)
from turnout_core.domain.notice_changes import RemindersDue
from turnout_core.domain.notices import Lead
from turnout_core.domain.state import State
from turnout_core.journal.record import peek

HOUR = 60 * 60 * 1000
START = NOON + 100 * HOUR
DAY_BEFORE, TWO_HOURS_BEFORE = START - 24 * HOUR, START - 2 * HOUR


@dataclass
class Scene:
    """An event, to which one person goes and for which another waits, and the schedule of its reminders."""

    made_at: int = NOON
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        self.state = State(self.history.head.position, self.history.head.hash)
        self.reminders = Reminders(self.state)
        self.commit(SignedUp("ada", "Ada"), SignedUp("bob", "Bob"), at=self.made_at)
        self.commit(EventCreated("games", "ada", replace(DETAILS, starts_at=START, ends_at=START + HOUR)))
        self.commit(Joined("games", "ada", 1, "going"))
        self.commit(Joined("games", "bob", 1, "waitlisted"))

    def commit(self, *changes: AnyChange, at: int = 0) -> Commit:
        commit, digest = peek(self.history.add(*changes, at=at or self.made_at))
        apply(self.state, commit, digest)
        self.reminders.on_commit(commit)
        return commit

    def move(self, starts_at: int, at: int) -> None:
        details = replace(self.state.events["games"].details, starts_at=starts_at, ends_at=starts_at + HOUR)
        self.commit(EventEdited("games", details), at=at)

    def remind(self, now: int) -> list[Lead]:
        """Commits the reminders that are due."""
        due = self.reminders.pop_due(now, 10)
        for event, lead in due:
            self.commit(RemindersDue(event, lead), at=now)
        return [lead for _, lead in due]


def test_each_reminder_is_due_once() -> None:
    scene = Scene()
    times = (DAY_BEFORE - 1, DAY_BEFORE, DAY_BEFORE + 1, TWO_HOURS_BEFORE - 1, TWO_HOURS_BEFORE, START - 1, START)
    assert [scene.remind(now) for now in times] == [[], ["day"], [], [], ["two-hours"], [], []]


def test_a_reminder_tells_those_who_go() -> None:
    scene = Scene()
    scene.remind(DAY_BEFORE)
    (notice,) = scene.state.inboxes["ada"].notices
    assert (notice.kind, notice.lead, notice.at, notice.by) == ("reminder", "day", DAY_BEFORE, "")
    assert "bob" not in scene.state.inboxes


@pytest.mark.parametrize(
    ("now", "expected"),
    [(TWO_HOURS_BEFORE - 1, ["day"]), (TWO_HOURS_BEFORE, ["two-hours"]), (START - 1, ["two-hours"]), (START, [])],
)
def test_after_a_stop_only_the_last_reminder_is_due(now: int, expected: list[Lead]) -> None:
    assert Scene().remind(now) == expected


@pytest.mark.parametrize(
    ("made_at", "expected"),
    [(DAY_BEFORE, ["day", "two-hours"]), (DAY_BEFORE + 1, ["two-hours"]), (TWO_HOURS_BEFORE + 1, [])],
)
def test_an_event_that_is_made_late_has_fewer_reminders(made_at: int, expected: list[Lead]) -> None:
    scene = Scene(made_at)
    found = [scene.remind(now) for now in (made_at, TWO_HOURS_BEFORE - 1, TWO_HOURS_BEFORE, START - 1)]
    assert [lead for leads in found for lead in leads] == expected


def test_a_moved_event_is_reminded_of_at_its_new_time_if_that_lies_ahead() -> None:
    scene = Scene()
    assert scene.remind(DAY_BEFORE) == ["day"]
    scene.move(START + 48 * HOUR, at=DAY_BEFORE + 1)
    assert scene.remind(TWO_HOURS_BEFORE) == []
    assert scene.remind(DAY_BEFORE + 48 * HOUR) == ["day"]
    scene.move(DAY_BEFORE + 51 * HOUR, at=DAY_BEFORE + 48 * HOUR)  # in three hours
    assert scene.remind(DAY_BEFORE + 48 * HOUR + 1) == []
    assert scene.remind(DAY_BEFORE + 49 * HOUR) == ["two-hours"]


def test_an_edit_that_keeps_the_start_sends_no_reminder_again() -> None:
    scene = Scene()
    scene.remind(DAY_BEFORE)
    details = replace(scene.state.events["games"].details, title="Chess")
    scene.commit(EventEdited("games", details), at=DAY_BEFORE + 1)
    assert scene.remind(DAY_BEFORE + 2) == []


@pytest.mark.parametrize("change", [EventCancelled("games"), EventDeleted("games"), EventEnded("games")])
def test_an_event_that_does_not_take_place_has_no_reminder(change: AnyChange) -> None:
    scene = Scene()
    scene.commit(change)
    assert scene.remind(DAY_BEFORE) == []


def test_an_event_that_lasts_all_day_has_one_reminder_in_the_morning_before() -> None:
    scene = Scene()
    scene.commit(EventEdited("games", replace(scene.state.events["games"].details, all_day=True)))
    morning = START - 15 * HOUR
    assert [scene.remind(now) for now in (DAY_BEFORE, morning - 1)] == [[], []]
    assert [scene.remind(now) for now in (morning, TWO_HOURS_BEFORE, START - 1)] == [["day"], [], []]
    assert [each.lead for each in scene.state.inboxes["ada"].notices if each.kind == "reminder"] == ["day"]


def test_an_event_that_lasts_all_day_and_is_made_after_that_morning_has_no_reminder() -> None:
    scene = Scene(START - 14 * HOUR)
    scene.commit(EventEdited("games", replace(scene.state.events["games"].details, all_day=True)))
    assert [scene.remind(now) for now in (START - 14 * HOUR, TWO_HOURS_BEFORE, START - 1)] == [[], [], []]


def test_a_clock_that_was_ahead_passes_over_no_reminder() -> None:
    scene = Scene()
    assert scene.remind(START + HOUR) == []
    assert [scene.remind(DAY_BEFORE), scene.remind(TWO_HOURS_BEFORE)] == [["day"], ["two-hours"]]


def test_a_clock_that_goes_back_sends_no_reminder_again() -> None:
    scene = Scene()
    assert scene.remind(DAY_BEFORE) == ["day"]
    assert [scene.remind(now) for now in (NOON, DAY_BEFORE)] == [[], []]


def _reminders(journal: MemoryJournal) -> list[AnyChange]:
    changes = [change for commit in commits(journal) for change in commit.changes]
    return [change for change in changes if isinstance(change, RemindersDue)]


@asynccontextmanager
async def _terms(journal: MemoryJournal, clock: Clock, times: Sequence[int]) -> AsyncIterator[Writer]:
    """Leads once for each time, as after restarts, and yields during the last term."""
    for now in times[:-1]:
        clock.ms = now
        async with leading(journal, clock):
            pass
    clock.ms = times[-1]
    async with leading(journal, clock) as writer:
        yield writer


async def test_the_next_leader_sends_what_is_due_and_nothing_twice() -> None:
    past, clock = PastHistory(), Clock()
    starts_at = NOON + 25 * HOUR
    details = replace(
        DETAILS, zone="UTC", starts=utc(starts_at), ends=utc(starts_at + HOUR),
        starts_at=starts_at, ends_at=starts_at + HOUR,
    )  # fmt: skip
    past.commit(EventCreated("games", "ada", details))
    journal = await past.journal()
    async with _terms(journal, clock, (NOON, NOON + HOUR - 1)) as writer:
        assert _reminders(journal) == []
        clock.ms = NOON + HOUR
        await until(lambda: _reminders(journal) == [RemindersDue("games", "day")])
        await until(lambda: writer._metrics.registry.get_sample_value("turnout_reminders_total", {"lead": "day"}) == 1)
    async with _terms(journal, clock, (NOON + HOUR, NOON + 2 * HOUR, NOON + 24 * HOUR)):
        await until(lambda: len(_reminders(journal)) > 1)
    assert _reminders(journal) == [RemindersDue("games", "day"), RemindersDue("games", "two-hours")]
    last = commits(journal)[-1]
    assert (last.at, last.actor, last.answered) == (NOON + 24 * HOUR, None, None)
