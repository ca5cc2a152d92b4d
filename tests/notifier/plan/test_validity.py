"""Deliveries that were planned, and whether they still hold when they are due."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from fake_writer import HOUR_MS, START_MS, FakeWriter

from turnout_core.domain.choice_changes import MailBounced, PreferencesSet
from turnout_core.domain.host_changes import CohostAdded, CohostRemoved, RequestClosed, Requested
from turnout_core.domain.moderation_changes import EventHidden, UserBlocked
from turnout_core.domain.notices import Inbox, Notice, NoticeKind
from turnout_core.domain.people_changes import MailSet, UserRemoved
from turnout_core.domain.position import Position
from turnout_core.domain.preferences import Preferences
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.validity import Obsolete, Ready, Waits, examine

_SEQ: Final = 1_000


class Scene:
    """An event in one hour, a host, and a guest who goes, waits, asks, hosts or has nothing to do with it."""

    def __init__(self, kind: NoticeKind, role: str = "going", visibility: str = "public", **fields: Any) -> None:
        self.writer = FakeWriter()
        self.host, self.guest, self.other = self.writer.user(), self.writer.user(), self.writer.user()
        joining = "request" if role == "asks" else "open"
        self.event = self.writer.event(self.host, joining=joining, visibility=visibility)
        self.writer.commit(MailSet(self.guest, "guest@here.example"))
        match role:
            case "going" | "waits":
                self.writer.join(self.event, self.guest, waits=role == "waits")
            case "asks":
                self.writer.commit(Requested(self.event, self.guest, 1))
            case "host":
                self.writer.commit(CohostAdded(self.event, self.guest))
        self.notice = Notice(_SEQ, kind, self.event, "Board games", START_MS, **fields)
        self.state.inboxes[self.guest] = Inbox([self.notice])
        self.delivery = Delivery.of(self.state.position.epoch, self.notice, self.guest, "mail")

    @property
    def state(self) -> Any:
        return self.writer.state

    def keep(self, change: Callable[[], None]) -> None:
        """Runs ``change``; the inbox stays as it is."""
        inbox = self.state.inboxes.pop(self.guest)
        change()
        if self.guest in self.state.users:
            self.state.inboxes[self.guest] = inbox

    def outcome(self, now_ms: int = START_MS) -> Any:
        return examine(self.state, self.delivery, now_ms)

    def holds(self, now_ms: int = START_MS) -> bool:
        return bool(self.outcome(now_ms) == Ready(self.notice))


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("promoted", {"going"}),
        ("reminder", {"going"}),
        ("approved", {"going", "waits", "asks", "host"}),
        ("changed", {"going", "waits", "asks", "host"}),
        ("called-off", {"going", "waits", "asks", "host"}),
        ("message", {"going", "waits", "asks", "host"}),
        ("removed", {"none", "host"}),
        ("declined", {"none", "host"}),
        ("cohost", {"host"}),
        ("organizer", {"host"}),
        ("asked", set()),  # see below
        ("deleted", set()),
    ],
)
@pytest.mark.parametrize("role", ["going", "waits", "asks", "host", "none"])
def test_a_notice_goes_to_those_whom_it_still_concerns(kind: NoticeKind, roles: set[str], role: str) -> None:
    lead = {"lead": "day"} if kind == "reminder" else {}
    assert Scene(kind, role, **lead).holds() is (role in roles)


def test_a_request_that_is_closed_asks_no_host() -> None:
    scene = Scene("asked", "host")
    notice = Notice(_SEQ, "asked", scene.event, "Board games", START_MS, by=scene.other, party=1)
    scene.notice, scene.state.inboxes[scene.guest] = notice, Inbox([notice])
    assert not scene.holds()
    scene.keep(lambda: scene.writer.commit(Requested(scene.event, scene.other, 1)))
    assert scene.holds()
    scene.keep(lambda: scene.writer.commit(RequestClosed(scene.event, scene.other)))
    assert not scene.holds()


def test_of_a_deleted_event_only_its_deletion_is_told() -> None:
    told: dict[NoticeKind, bool] = {"deleted": True, "changed": False, "called-off": False}
    for kind, holds in told.items():
        scene = Scene(kind)
        scene.keep(partial(scene.writer.delete, scene.event))
        assert scene.holds() is holds


_OBSOLETE: dict[str, Callable[[Scene], None]] = {
    "left": lambda scene: scene.writer.leave(scene.event, scene.guest),
    "ended": lambda scene: scene.writer.end(scene.event),
    "hidden": lambda scene: scene.writer.commit(EventHidden(scene.event)),
    "erased": lambda scene: scene.writer.commit(UserRemoved(scene.guest)),
    "blocked": lambda scene: scene.writer.commit(UserBlocked(scene.guest)),
    "without an address": lambda scene: scene.writer.commit(MailSet(scene.guest)),
    "bounced": lambda scene: scene.writer.commit(MailBounced(scene.guest)),
    "not wanted": lambda scene: scene.writer.commit(PreferencesSet(scene.guest, Preferences(mail=("changed",)))),
}


@pytest.mark.parametrize("name", _OBSOLETE)
def test_nothing_is_sent_after_what_makes_it_obsolete(name: str) -> None:
    scene = Scene("changed")
    assert scene.holds()
    scene.keep(lambda: _OBSOLETE[name](scene))
    assert scene.outcome() == Obsolete()


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
@pytest.mark.parametrize(
    ("kind", "role", "holds"),
    [
        ("changed", "going", True),
        ("changed", "waits", True),
        ("changed", "host", True),
        ("changed", "asks", False),  # a request opens nothing
        ("message", "going", True),
        ("promoted", "going", True),
        ("cohost", "host", True),
        ("removed", "none", True),  # with the title that they knew, and nothing else
        ("declined", "none", True),
    ],
)
def test_an_event_that_becomes_private_has_news_for_those_who_still_see_it(
    kind: NoticeKind, role: str, *, holds: bool, visibility: str
) -> None:
    scene = Scene(kind, role, visibility=visibility)
    assert scene.holds()
    scene.keep(lambda: scene.writer.edit(scene.event, visibility="private", title="Secret"))
    assert scene.holds() is holds


def test_a_notice_that_left_the_inbox_is_not_sent() -> None:
    scene = Scene("changed")
    del scene.state.inboxes[scene.guest]
    assert scene.outcome() == Obsolete()


def test_nothing_of_a_history_that_was_replaced_is_sent() -> None:
    scene = Scene("changed")
    scene.state.position = Position("restored", scene.state.position.seq)
    assert scene.outcome() == Obsolete()


def test_an_event_that_is_called_off_has_no_other_news() -> None:
    told: dict[NoticeKind, bool] = {"called-off": True, "message": True, "promoted": False, "changed": False}
    for kind, holds in told.items():
        scene = Scene(kind)
        scene.keep(partial(scene.writer.cancel, scene.event))
        assert scene.holds() is holds


def test_a_reminder_ends_with_the_start_and_all_others_with_the_end() -> None:
    starts_ms = START_MS + HOUR_MS
    reminder, changed = Scene("reminder", lead="two-hours"), Scene("changed")
    assert [reminder.holds(starts_ms - 1), reminder.holds(starts_ms)] == [True, False]
    assert [changed.holds(starts_ms), changed.holds(starts_ms + HOUR_MS)] == [True, False]


def test_a_reminder_that_nobody_wants_is_not_sent() -> None:
    scene = Scene("reminder", lead="day")
    scene.keep(lambda: scene.writer.commit(PreferencesSet(scene.guest, Preferences(reminders=("two-hours",)))))
    assert scene.outcome() == Obsolete()


def test_quiet_hours_that_were_chosen_meanwhile_count() -> None:
    scene = Scene("changed")
    quiet = Preferences(quiet=("00:00", "23:59"), zone="UTC")
    scene.keep(lambda: scene.writer.commit(PreferencesSet(scene.guest, quiet)))
    outcome = scene.outcome()
    assert isinstance(outcome, Waits)
    assert outcome.until_ms > START_MS


def test_a_former_cohost_is_told_nothing_more_as_such() -> None:
    scene = Scene("cohost", "host")
    scene.keep(lambda: scene.writer.commit(CohostRemoved(scene.event, scene.guest)))
    assert scene.outcome() == Obsolete()
