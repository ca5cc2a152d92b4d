"""For any commands in any order: seats are never oversold, and no waiting party is overlooked or overtaken."""

from itertools import pairwise
from typing import Any

from event_scenario import EventScenario, id_of
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from turnout_core.domain import changes
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import Attendance

PEOPLE = st.sampled_from(["ada", "bob", "cy", "di", "ed", "flo", "gus"])
PARTIES = st.integers(1, 5)
CAPACITIES = st.none() | st.integers(1, 8)


class Attendances(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.scenario = EventScenario()
        self.line: list[str] = []

    @initialize(capacity=CAPACITIES, waitlist=st.booleans())
    def create(self, capacity: int | None, waitlist: bool) -> None:
        self.scenario = EventScenario(capacity, waitlist=waitlist)

    @rule(person=PEOPLE, party=PARTIES)
    def join(self, person: str, party: int) -> None:
        free = self.scenario.event.free_seats()
        made = self._try("join", person, party)
        if made:
            fits = free is None or party <= free
            assert made == [changes.Joined(id_of("games"), id_of(person), party, "going" if fits else "waitlisted")]

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
        if self.scenario.now % 7 == 0:  # rarely, because few commands succeed afterwards
            self._try("cancel")

    @rule()
    def wait(self) -> None:
        self.scenario.now += 1

    def _try(self, method: str, *args: Any, **fields: Any) -> list[changes.AnyChange]:
        before = self._summary()
        try:
            made: list[changes.AnyChange] = getattr(self.scenario, method)(*args, **fields)
        except Rejection:
            assert self._summary() == before
            return []
        promoted = [each.user for each in made if isinstance(each, changes.Promoted)]
        assert promoted == [user for user in self.line if user in promoted], "promoted out of order"
        self.line = [each.user for each in self.scenario.event.waitlist()]
        return made

    def _summary(self) -> list[tuple[str, int, str]]:
        return [(each.user, each.party, each.status) for each in self._attendances()]

    def _attendances(self) -> list[Attendance]:
        return list(self.scenario.event.attendances.values())

    @invariant()
    def seats_are_not_oversold(self) -> None:
        free = self.scenario.event.free_seats()
        assert free is None or free >= 0

    @invariant()
    def the_counters_are_the_sums(self) -> None:
        event = self.scenario.event
        assert event.going == sum(each.party for each in self._attendances() if each.status == "going")
        assert event.waiting == sum(each.party for each in self._attendances() if each.status == "waitlisted")

    @invariant()
    def the_line_is_in_the_order_of_joining(self) -> None:
        assert all(one.order < other.order for one, other in pairwise(self._attendances()))

    @invariant()
    def no_waiting_party_fits(self) -> None:
        free = self.scenario.event.free_seats()
        if self.scenario.event.status == "scheduled":
            assert all(free is not None and each.party > free for each in self.scenario.event.waitlist())

    @invariant()
    def the_index_of_attendances_is_complete(self) -> None:
        there = {each.user for each in self._attendances()}
        assert there == {user for user, events in self.scenario.state.attending.items() if id_of("games") in events}


TestAttendances = Attendances.TestCase
