"""A scenario with one event, whose commands are decided and applied as by the writer."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from history import BEGINNING

from turnout_command.rules.decide import decide
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange, Commit
from turnout_core.domain.commands import (
    CancelEvent,
    ChangeParty,
    Command,
    CreateEvent,
    DeleteEvent,
    EditEvent,
    EventDraft,
    EventEdit,
    Join,
    SessionBody,
    SignUp,
    Unattend,
)
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import Event, State

HOUR_MS = 3_600_000
STARTS_AT = 1_795_804_200_000  # 2026-11-27T19:30 in Vienna
ENDS_AT = STARTS_AT + 2 * HOUR_MS
NOW = STARTS_AT - 24 * HOUR_MS
DRAFT: dict[str, Any] = {"title": "Board games", "starts": "2026-11-27T19:30", "zone": "Europe/Vienna"}


SESSION = "sessionaaaaa"


def id_of(person: str) -> str:
    """A readable id: that of ``ada`` is ``adaaaaaaaaaa``."""
    return person.ljust(12, "a")


def assert_refused(rejection: type[Rejection], *attempts: Callable[[], object]) -> None:
    for attempt in attempts:
        with pytest.raises(rejection):
            attempt()


class EventScenario:
    """A State with one event. People sign up with their first command."""

    def __init__(self, capacity: int | None = None, **draft: Any) -> None:
        self.state = State(BEGINNING.position, BEGINNING.hash)
        self.now = NOW
        self.execute(
            "olga", CreateEvent(event=id_of("games"), draft=EventDraft(**DRAFT | {"capacity": capacity} | draft))
        )

    @property
    def event(self) -> Event:
        return self.state.events[id_of("games")]

    def decide(self, person: str | None, command: Command) -> list[AnyChange]:
        """The changes of ``command`` now; does not apply them."""
        if person is not None:
            self.sign_up(person)
        return decide(self.state, command, id_of(person) if person else None, self.now)

    def execute(self, person: str, command: Command) -> list[AnyChange]:
        """Decides ``command``, and applies its changes."""
        changes = self.decide(person, command)
        if changes:
            self._apply(id_of(person), changes)
        return changes

    def sign_up(self, person: str) -> None:
        """Makes the user, if there is none."""
        if id_of(person) not in self.state.users:
            command = SignUp(user=id_of(person), session=SESSION, body=SessionBody(name=person))
            self._apply(None, decide(self.state, command, None, 0))

    def apply(self, person: str, changes: Sequence[AnyChange]) -> None:
        """Applies changes without a command, as if ``person`` had made them."""
        self._apply(id_of(person), list(changes))

    def join(self, person: str, party: int = 1) -> list[AnyChange]:
        return self.execute(person, Join(event=id_of("games"), party=party))

    def resize(self, person: str, party: int) -> list[AnyChange]:
        return self.execute(person, ChangeParty(event=id_of("games"), party=party))

    def unattend(self, person: str, by: str | None = None) -> list[AnyChange]:
        return self.execute(by or person, Unattend(event=id_of("games"), user=id_of(person)))

    def edit(self, by: str = "olga", version: int | None = None, **fields: Any) -> list[AnyChange]:
        return self.execute(by, EditEvent(event=id_of("games"), edit=EventEdit(**fields), version=version))

    def cancel(self, by: str = "olga") -> list[AnyChange]:
        return self.execute(by, CancelEvent(event=id_of("games")))

    def delete(self, by: str = "olga") -> list[AnyChange]:
        return self.execute(by, DeleteEvent(event=id_of("games")))

    def going(self) -> list[str]:
        return self._with("going")

    def waiting(self) -> list[str]:
        return self._with("waitlisted")

    def _with(self, status: str) -> list[str]:
        attendances = self.event.attendances.values()
        return [self.state.users[each.user].name for each in attendances if each.status == status]

    def _apply(self, actor: str | None, changes: list[AnyChange]) -> None:
        commit = Commit("test", self.state.position.seq + 1, self.now, actor, tuple(changes))
        apply(self.state, commit, self.state.hash)
