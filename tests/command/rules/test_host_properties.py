"""For any commands of hosts and guests in any order: roles, requests, invitations and blocks agree with each other."""

from typing import Any

from event_scenario import ENDS_AT, EventScenario, id_of
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from turnout_core.domain.access import VISITOR, may, viewer_of
from turnout_core.domain.commands import Command, EditEvent
from turnout_core.domain.event_desk import Desk
from turnout_core.domain.host_commands import (
    AcceptInvitation,
    AllowGuest,
    ApproveRequest,
    CloseRequest,
    HandOver,
    InvitationBody,
    KeepOut,
    MakeInvitation,
    NoteBody,
    RemoveCohost,
    RevokeInvitation,
    SetNote,
)
from turnout_core.domain.rejections import Rejection

GAMES = id_of("games")
PEOPLE = st.sampled_from(["olga", "ada", "bob"])
PARTIES = st.integers(1, 3)
LINKS = {"g" * 26: "guest", "c" * 26: "co-host"}
"""Roles by code."""
JOININGS = st.sampled_from(["open", "request", "invitation"])


class Hosting(RuleBasedStateMachine):
    """The organizer of the moment gives all commands of hosts; test_commands.py shows that others may not."""

    def __init__(self) -> None:
        super().__init__()
        self.scenario = EventScenario()
        self.uses_left: dict[str, int | None] = {}

    @initialize(capacity=st.none() | st.integers(1, 4), joining=JOININGS)
    def create(self, capacity: int | None, joining: str) -> None:
        self.scenario = EventScenario(capacity, joining=joining)

    @rule(person=PEOPLE, party=PARTIES)
    def join(self, person: str, party: int) -> None:
        self._try("join", person, party)

    @rule(person=PEOPLE, party=PARTIES)
    def resize_or_leave(self, person: str, party: int) -> None:
        if party == 1:
            self._try("unattend", person)
        else:
            self._try("resize", person, party)

    @rule(joining=JOININGS, visibility=st.sampled_from(["public", "private"]))
    def edit(self, joining: str, visibility: str) -> None:
        self._execute(None, EditEvent.model_validate(
            {"event": GAMES, "edit": {"joining": joining, "visibility": visibility}}
        ))  # fmt: skip

    @rule(code=st.sampled_from(sorted(LINKS)), uses=st.none() | st.integers(1, 2))
    def renew_link(self, code: str, uses: int | None) -> None:
        self._execute(None, RevokeInvitation(event=GAMES, invitation=code))
        body = InvitationBody.model_validate({"role": LINKS[code], "uses": uses})
        self._execute(None, MakeInvitation(event=GAMES, code=code, body=body))
        self.uses_left[code] = uses

    @rule(person=PEOPLE, code=st.sampled_from(sorted(LINKS)))
    def accept(self, person: str, code: str) -> None:
        made = self._execute(person, AcceptInvitation(event=GAMES, code=code))
        left = self.uses_left.get(code)
        if made and left is not None:
            assert left > 0, "the link was used up"
            self.uses_left[code] = left - 1
        assert not made or may(viewer_of(self.scenario.state, id_of(person)), "see", self.scenario.event)

    @rule(kind=st.sampled_from([ApproveRequest, CloseRequest, HandOver, RemoveCohost]), person=PEOPLE)
    def manage(self, kind: type[Any], person: str) -> None:
        self._execute(None, kind(event=GAMES, user=id_of(person)))

    @rule(kind=st.sampled_from([KeepOut, AllowGuest]), person=PEOPLE)
    def keep_out_or_allow(self, kind: type[Any], person: str) -> None:
        self._execute(None, kind(event=GAMES, user=id_of(person)))

    @rule(person=PEOPLE, text=st.sampled_from(["", "Loud"]))
    def note(self, person: str, text: str) -> None:
        self._execute(None, SetNote(event=GAMES, user=id_of(person), body=NoteBody(text=text)))

    def _execute(self, by: str | None, command: Command) -> list[Any]:
        """Executes a command of ``by``, or of the organizer."""
        organizer = self.scenario.state.users[self.scenario.event.organizer].name
        return self._try("execute", by or organizer, command)

    def _try(self, method: str, *args: Any, **fields: Any) -> list[Any]:
        try:
            return list(getattr(self.scenario, method)(*args, **fields))
        except Rejection:
            return []

    @property
    def desk(self) -> Desk:
        return self.scenario.event.desk or Desk()

    @invariant()
    def there_is_one_organizer_who_is_no_co_host(self) -> None:
        event = self.scenario.event
        assert event.organizer in self.scenario.state.users
        assert event.organizer not in event.cohosts
        assert len(set(event.cohosts)) == len(event.cohosts)

    @invariant()
    def kept_out_people_have_nothing(self) -> None:
        event = self.scenario.event
        for user in self.desk.blocked:
            assert not event.is_host(user)
            assert user not in event.attendances
            assert user not in self.desk.requests
            assert user not in self.desk.invited

    @invariant()
    def a_person_has_seats_or_asks_for_them(self) -> None:
        assert not self.desk.requests.keys() & self.scenario.event.attendances.keys()

    @invariant()
    def requests_are_in_the_order_of_asking(self) -> None:
        orders = [each.order for each in self.desk.requests.values()]
        assert orders == sorted(set(orders))

    @invariant()
    def links_know_how_often_they_can_be_accepted(self) -> None:
        assert all(each.uses == self.uses_left[each.code] for each in self.desk.invitations.values())

    @invariant()
    def seats_are_not_oversold(self) -> None:
        free = self.scenario.event.free_seats()
        assert free is None or free >= 0
        assert all(free is not None and each.party > free for each in self.scenario.event.waitlist())

    @invariant()
    def the_index_of_involved_people_is_complete(self) -> None:
        event = self.scenario.event
        expected = {*event.cohosts, *self.desk.people(), *(each.made_by for each in self.desk.invitations.values())}
        assert {user for user, events in self.scenario.state.involved.items() if GAMES in events} == expected
        assert event.desk is None or not event.desk.is_empty()

    @invariant()
    def hosts_see_the_event_and_visitors_see_what_is_public(self) -> None:
        event, state = self.scenario.event, self.scenario.state
        assert all(may(viewer_of(state, user), "see", event) for user in (event.organizer, *event.cohosts))
        assert may(VISITOR, "see", event) == (event.details.visibility == "public")
        assert self.scenario.now < ENDS_AT


TestHosting = Hosting.TestCase
TestHosting.settings = settings(stateful_step_count=80)  # most commands are refused
