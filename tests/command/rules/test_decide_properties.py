"""For any commands in any order: seats are never oversold, and no waiting party is overlooked or overtaken."""

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from table import Table, name

from turnout_core.domain import changes as happened
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import Attendance

PEOPLE = st.sampled_from(["ada", "bob", "cy", "di", "ed", "flo", "gus"])
PARTIES = st.integers(1, 5)
CAPACITIES = st.none() | st.integers(1, 8)


class Attendances(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.line: list[str] = []

    @initialize(capacity=CAPACITIES, waitlist=st.booleans())
    def create(self, capacity: int | None, waitlist: bool) -> None:
        self.table = Table(capacity, waitlist=waitlist)

    @rule(person=PEOPLE, party=PARTIES)
    def join(self, person: str, party: int) -> None:
        free = self.table.event.free()
        changes = self._try("join", person, party)
        if changes:
            fits = free is None or party <= free
            assert changes == [happened.Joined(name("games"), name(person), party, "going" if fits else "waitlisted")]

    @rule(person=PEOPLE, party=PARTIES)
    def resize(self, person: str, party: int) -> None:
        self._try("resize", person, party)

    @rule(person=PEOPLE, by=st.sampled_from([None, "olga"]))
    def unattend(self, person: str, by: str | None) -> None:
        self._try("unattend", person, by)

    @rule(capacity=CAPACITIES)
    def edit(self, capacity: int | None) -> None:
        self._try("edit", capacity=capacity)

    @rule()
    def cancel(self) -> None:
        if self.table.now % 7 == 0:  # rarely, since not much happens afterwards
            self._try("cancel")

    @rule()
    def wait(self) -> None:
        self.table.now += 1

    def _try(self, what: str, *args: Any, **fields: Any) -> list[happened.AnyChange]:
        before = self._told()
        try:
            changes: list[happened.AnyChange] = getattr(self.table, what)(*args, **fields)
        except Rejection:
            assert self._told() == before
            return []
        promoted = [each.user for each in changes if isinstance(each, happened.Promoted)]
        assert promoted == [user for user in self.line if user in promoted], "promoted out of the order of the line"
        self.line = [each.user for each in self.table.event.waitlist()]
        return changes

    def _told(self) -> list[tuple[str, int, str]]:
        return [(each.user, each.party, each.status) for each in self._all()]

    def _all(self) -> list[Attendance]:
        return list(self.table.event.attendances.values())

    @invariant()
    def seats_are_not_oversold(self) -> None:
        free = self.table.event.free()
        assert free is None or free >= 0

    @invariant()
    def the_counters_are_the_sums(self) -> None:
        event = self.table.event
        assert event.going == sum(each.party for each in self._all() if each.status == "going")
        assert event.waiting == sum(each.party for each in self._all() if each.status == "waitlisted")

    @invariant()
    def the_line_is_in_the_order_of_joining(self) -> None:
        assert all(one.order < other.order for one, other in pairwise(self._all()))

    @invariant()
    def nobody_who_fits_waits(self) -> None:
        free = self.table.event.free()
        if self.table.event.status == "scheduled":
            assert all(free is not None and each.party > free for each in self.table.event.waitlist())

    @invariant()
    def everybody_is_where_they_are_listed(self) -> None:
        there = {each.user for each in self._all()}
        assert there == {user for user, events in self.table.state.attending.items() if name("games") in events}


TestAttendances = Attendances.TestCase
