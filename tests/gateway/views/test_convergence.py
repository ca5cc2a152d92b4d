"""Clients that lose, delay and change connections end with the exact items of the view."""

import math
from typing import Any, Final, get_args

import pytest
from converging_clients import HOST, Site, Watcher, open_view
from fake_writer import HOUR_MS, START_MS, FakeWriter, replay
from history import BEGINNING
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from view_replica import snapshot_items

from chaos.checker.oracle import Oracle
from turnout_core.domain import access
from turnout_core.domain.host_changes import (
    CohostAdded,
    HandedOver,
    Invited,
    NoteSet,
    RequestClosed,
    Requested,
    Uninvited,
)
from turnout_core.domain.moderation_changes import (
    Audited,
    EventHidden,
    EventRestored,
    ModeratorAdded,
    ReportClosed,
    Reported,
    UserBlocked,
    UserUnblocked,
)
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_gateway.views.account_view import AccountAddress
from turnout_gateway.views.audit_view import AuditAddress
from turnout_gateway.views.calendar_view import CalendarAddress
from turnout_gateway.views.cursor import Cursor
from turnout_gateway.views.desk_view import DeskAddress
from turnout_gateway.views.event_index import When
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.list_view import EventsAddress
from turnout_gateway.views.me_view import MeAddress
from turnout_gateway.views.people_view import PeopleAddress
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.reports_view import ReportsAddress
from turnout_gateway.views.tags_view import TagsAddress
from turnout_gateway.views.view_kind import Address

MONTH: Final = "2026-11"
VISIBILITIES: Final = st.sampled_from(("public", "unlisted", "private"))
GUEST_LISTS: Final = st.sampled_from(("everyone", "going", "hosts"))
HOURS: Final = st.sampled_from((0, 1, 2, 3, 4, 12, 24, 30))
TAGS: Final = st.sampled_from(((), ("games",), ("music",), ("games", "music")))
LISTS: list[Address] = [
    EventsAddress(),
    EventsAddress("past"),
    EventsAddress(limit=2),
    EventsAddress("past", limit=2),
    EventsAddress(tag="games"),
    EventsAddress(words=("chess",)),
    EventsAddress("past", words=("chess", "user")),
    *(
        EventsAddress(when, limit=2, after=after, before=before)
        for when in get_args(When)
        for cursor in (Cursor(START_MS + 2 * HOUR_MS), Cursor(START_MS + 2 * HOUR_MS, "event5"))
        for after, before in ((cursor, None), (None, cursor))
    ),
    EventsAddress(tag="games", words=("chess",), limit=1, after=Cursor(START_MS + HOUR_MS)),
    CalendarAddress(MONTH),
    CalendarAddress(MONTH, "Pacific/Kiritimati", tag="games"),
    CalendarAddress(MONTH, "America/St_Johns", words=("chess",)),
    TagsAddress(),
    TagsAddress("past", limit=1),
    ReportsAddress(),
    AuditAddress(),
]


def own_windows(user: str) -> tuple[Address, ...]:
    return (
        EventsAddress(user=user),
        EventsAddress("past", user=user),
        EventsAddress(words=("chess",), user=user),
        EventsAddress(limit=1, after=Cursor(START_MS + HOUR_MS), user=user),
        EventsAddress(limit=1, before=Cursor(START_MS + 3 * HOUR_MS), tag="games", user=user),
        CalendarAddress(MONTH, tag="games", user=user),
        TagsAddress(user=user),
        TagsAddress("past", 1, user),
    )


SMALL: Final = (AccountAddress, DeskAddress, ReportsAddress, AuditAddress)
"""Tests of their own compare their items with the protocol, and each change renders all of them."""


class Gateways(RuleBasedStateMachine):
    lose_patches = False

    @initialize()
    def set_up(self) -> None:
        self.writer = FakeWriter()
        self.sites = [Site(), Site()]
        self.users = [self.writer.user() for _ in range(3)]
        self.watchers = [Watcher(address) for address in LISTS]
        for user in self.users:
            self.watchers.append(Watcher(MeAddress(user)))
            self.watchers += [Watcher(each) for each in own_windows(user)]
            self.watchers.append(Watcher(AccountAddress(user)))
        self.writer.commit(ModeratorAdded(HOST, "command"))

    @property
    def events(self) -> list[str]:
        return list(self.writer.state.events)

    @rule(data=st.data(), hours=HOURS, title=st.sampled_from(("Chess", "Go")), tags=TAGS)
    def create(self, data: Any, hours: int, title: str, tags: tuple[str, ...]) -> None:
        organizer = data.draw(st.sampled_from(self.users))
        event = self.writer.event(organizer, hours, title=title, tags=tags, capacity=2)
        if organizer != HOST:
            self.writer.commit(CohostAdded(event, HOST))
        after = self.writer.state.position.seq + 3  # those who join later are in the second window
        self.watchers += [
            Watcher(EventAddress(event)),
            Watcher(DeskAddress(event)),
            Watcher(PeopleAddress(event)),
            Watcher(PeopleAddress(event, limit=1)),
            Watcher(PeopleAddress(event, after=after)),
            Watcher(PeopleAddress(event, "waitlisted", words=("user1",))),
        ]

    @precondition(lambda self: self.events)
    @rule(data=st.data(), waits=st.booleans())
    def attend(self, data: Any, waits: bool) -> None:
        event = data.draw(st.sampled_from(self.events))
        user = data.draw(st.sampled_from(self.users))
        attendance = self.writer.state.events[event].attendances.get(user)
        if attendance is None:
            self.writer.join(event, user, waits=waits)
        elif attendance.status == "waitlisted" and waits:
            self.writer.promote(event, user)
        else:
            self.writer.leave(event, user)

    @precondition(lambda self: self.events)
    @rule(data=st.data(), hours=HOURS, title=st.sampled_from(("Chess", "Go")), tags=TAGS)
    def edit(self, data: Any, hours: int, title: str, tags: tuple[str, ...]) -> None:
        event = data.draw(st.sampled_from(self.events))
        starts_at = START_MS + hours * HOUR_MS
        self.writer.edit(event, title=title, tags=tags, starts_at=starts_at, ends_at=starts_at + HOUR_MS)

    @precondition(lambda self: self.events)
    @rule(data=st.data(), visibility=VISIBILITIES, guest_list=GUEST_LISTS, hint=st.sampled_from(("initials", "counts")))
    def restrict(self, data: Any, visibility: str, guest_list: str, hint: str) -> None:
        event = data.draw(st.sampled_from(self.events))
        self.writer.edit(event, visibility=visibility, guest_list=guest_list, guest_hint=hint)

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def hide_or_restore(self, data: Any) -> None:
        event = data.draw(st.sampled_from(self.events))
        is_hidden = self.writer.state.events[event].hidden
        self.writer.commit(EventRestored(event) if is_hidden else EventHidden(event))

    @precondition(lambda self: self.events)
    @rule(data=st.data(), is_person=st.booleans())
    def report_or_close(self, data: Any, is_person: bool) -> None:
        by, event = data.draw(st.sampled_from(self.users)), data.draw(st.sampled_from(self.events))
        reports = self.writer.state.reports
        if reports and data.draw(st.booleans()):
            report = next(iter(reports))
            self.writer.commit(ReportClosed(report), Audited(by, "close", "event", event, "Chess", "done"))
        else:
            report = f"report{self.writer.state.position.seq}"
            made = (
                Reported(report, "person", by, by, "rude")
                if is_person
                else Reported(report, "event", event, by, "rude")
            )
            self.writer.commit(made)

    @precondition(lambda self: self.events)
    @rule(data=st.data(), text=st.sampled_from(("", "late")))
    def set_note(self, data: Any, text: str) -> None:
        event, user = data.draw(st.sampled_from(self.events)), data.draw(st.sampled_from(self.users))
        self.writer.commit(NoteSet(event, user, text))

    @rule(data=st.data(), name=st.sampled_from(("Chess Club", "user1", "Ünal")))
    def rename(self, data: Any, name: str) -> None:
        self.writer.rename(data.draw(st.sampled_from(self.users)), name)

    @rule(data=st.data())
    def block_or_unblock(self, data: Any) -> None:
        user = data.draw(st.sampled_from([each for each in self.users if each != HOST]))
        self.writer.commit(UserUnblocked(user) if self.writer.state.users[user].blocked else UserBlocked(user))

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def invite_or_uninvite(self, data: Any) -> None:
        event, user = data.draw(st.sampled_from(self.events)), data.draw(st.sampled_from(self.users))
        is_invited = access.is_invited(self.writer.state.events[event], user)
        self.writer.commit(Uninvited(event, user) if is_invited else Invited(event, user))

    @precondition(lambda self: self.events)
    @rule(data=st.data(), party=st.integers(1, 2))
    def request_or_decline(self, data: Any, party: int) -> None:
        event, user = data.draw(st.sampled_from(self.events)), data.draw(st.sampled_from(self.users))
        desk = self.writer.state.events[event].desk
        has_asked = desk is not None and user in desk.requests
        self.writer.commit(RequestClosed(event, user) if has_asked else Requested(event, user, party))

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def hand_over(self, data: Any) -> None:
        event = data.draw(st.sampled_from(self.events))
        to = data.draw(st.sampled_from([each for each in self.users if each != HOST]))
        former = self.writer.state.events[event].organizer
        if former != to:
            stays = (CohostAdded(event, HOST),) if former == HOST else ()
            self.writer.commit(HandedOver(event, to), *stays)

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def delete(self, data: Any) -> None:
        self.writer.delete(data.draw(st.sampled_from(self.events)))

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def end_or_reopen(self, data: Any) -> None:
        event = data.draw(st.sampled_from(self.events))
        if self.writer.state.events[event].ended:
            self.writer.reopen(event)
        else:
            self.writer.end(event)

    @rule(site=st.integers(0, 1), share=st.integers(0, 3))
    def follow(self, site: int, share: int) -> None:
        """Applies some more commits to the replica of one gateway."""
        here = self.sites[site].state.position.seq
        self.sites[site].follow(self.writer.history.records[: here + 1 + share])

    @rule(site=st.integers(0, 1))
    def refresh(self, site: int) -> None:
        target = self.sites[site]
        target.views.refresh()
        for watcher in self.watchers:
            if watcher.site is target and not self.lose_patches:
                watcher.catch_up()

    @rule(site=st.integers(0, 1), data=st.data())
    def connect(self, site: int, data: Any) -> None:
        data.draw(st.sampled_from(self.watchers)).connect(self.sites[site])

    @rule(data=st.data(), back=st.booleans())
    def disconnect(self, data: Any, back: bool) -> None:
        watcher = data.draw(st.sampled_from(self.watchers))
        elsewhere = [site for site in self.sites if site is not watcher.site]
        watcher.disconnect()
        if back:
            watcher.connect(data.draw(st.sampled_from(elsewhere)))

    @rule(site=st.integers(0, 1))
    def evict(self, site: int) -> None:
        """Closes all views of one gateway, whose clients lose their connections."""
        for watcher in self.watchers:
            if watcher.site is self.sites[site]:
                watcher.disconnect()
        self.sites[site].views.evict_idle(math.inf)
        assert len(self.sites[site].views) == 0

    @rule(site=st.integers(0, 1))
    def start_over(self, site: int) -> None:
        """Loads a snapshot into the replica instead of the missing commits."""
        target = self.sites[site]
        target.state = State(BEGINNING.position, BEGINNING.hash)
        replay(self.writer.history.records, target.state)
        target.views.on_snapshot(target.state)

    def teardown(self) -> None:
        if not hasattr(self, "sites"):
            return
        for site in self.sites:
            site.follow(self.writer.history.records)
            site.views.refresh()
        for watcher in self.watchers:
            if watcher.site is not None and not self.lose_patches:
                watcher.catch_up()
        for watcher in self.watchers:
            if watcher.view is None or watcher.view.ended is not None or watcher.site is None:
                continue
            payload = watcher.view.since(None, watcher.site.views.position).payload
            assert watcher.replica.sorted_items() == snapshot_items(payload), "the client differs from the view"
            registry = ViewRegistry()
            registry.on_snapshot(self.writer.state)
            expected = open_view(registry, watcher.address).since(None, registry.position)
            assert snapshot_items(payload) == snapshot_items(expected.payload), (
                "the incremental view differs from a new one"
            )
            if isinstance(watcher.address, SMALL):
                continue
            viewer = _viewer_of(self.writer.state, watcher.address)
            page = Oracle().page(self.writer.state, watcher.address, viewer)
            assert page is not None
            in_journal = (each for each in snapshot_items(payload) if not each.startswith(b'{"kind":"presence"'))
            assert tuple(in_journal) == page.items, "the view differs from the protocol"
            seqs = [Position.parse(at).seq for at in watcher.replica.positions]
            assert seqs == sorted(seqs), "a position decreased"


def _viewer_of(state: State, address: Address) -> str | None:
    """A user who may see the event of the view. Views go on for all; who may watch them is asked elsewhere."""
    event = state.events.get(getattr(address, "event", ""))
    if event is None:
        return None
    people = (event.organizer, *event.cohosts, *event.attendances, *(event.desk.invited if event.desk else ()))
    return next((each for each in people if access.may(access.viewer_of(state, each), "see", event)), None)


Gateways.TestCase.settings = settings(max_examples=120, stateful_step_count=40)
TestConvergence = Gateways.TestCase


class LossyGateways(Gateways):
    """The same with clients that get no patches. The assertions must detect that."""

    lose_patches = True


def test_the_test_detects_lost_patches() -> None:
    with pytest.raises(AssertionError, match="the client differs from the view"):
        run_state_machine_as_test(LossyGateways, settings=settings(phases=[Phase.generate], stateful_step_count=20))
