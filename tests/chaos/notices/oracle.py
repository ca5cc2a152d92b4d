"""Computes from the journal which notices must reach whom by mail, and which may; and what webhooks get."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from chaos.notices.webhooks.oracle import WebhookOracle
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import Commit
from turnout_core.domain.noticing.plan import plan
from turnout_core.domain.state import State
from turnout_core.journal.port import Head
from turnout_core.journal.record import peek
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.validity import Obsolete, examine


@dataclass(slots=True)
class Wanted:
    """A delivery that the plan wants.

    Attributes:
        address: of its person, when it was planned.
        is_obsolete: True if it does not hold now.
        was_obsolete: True if there was such a time.
        obsolete_since_s: Unix time since which it has not held.
    """

    delivery: Delivery
    address: str
    is_obsolete: bool = False
    was_obsolete: bool = False
    obsolete_since_s: float = 0.0


@dataclass
class Oracle:
    """All deliveries to people of the commits after ``first_seq``, by id; and those to webhooks."""

    state: State
    first_seq: int
    webhooks: WebhookOracle
    wanted: dict[str, Wanted] = field(default_factory=dict)
    _by_part: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, beginning: Head, first_seq: int, operator: str) -> "Oracle":
        return cls(State(beginning.position, beginning.hash), first_seq, WebhookOracle(operator))

    def read(self, records: Iterable[bytes]) -> None:
        """Applies the next records of the journal."""
        for record in records:
            commit, digest = peek(record)
            planned = plan(self.state, commit)
            affected = apply(self.state, commit, digest)
            self._check_again(commit, affected.inboxes)
            self.webhooks.on_commit(self.state, commit, counts=commit.seq > self.first_seq)
            if commit.seq > self.first_seq:
                for notice, recipients in planned:
                    for user in recipients:
                        self._want(Delivery.of(commit.epoch, notice, user, "mail"), commit)

    def _want(self, delivery: Delivery, commit: Commit) -> None:
        person = self.state.users.get(delivery.user)
        if person is None or not person.mail:
            return
        self.wanted[delivery.id] = Wanted(delivery, person.mail)
        for part in (delivery.user, delivery.event):
            self._by_part[part].add(delivery.id)
        self._check(delivery.id, commit)

    def _check_again(self, commit: Commit, inboxes: Iterable[str]) -> None:
        """Checks the deliveries of all people and events that the commit names, and of those with full inboxes."""
        parts = {getattr(each, name, "") for each in commit.changes for name in ("user", "event")}.union(inboxes)
        for part in parts:
            for each in self._by_part.get(part, ()):
                self._check(each, commit)

    def _check(self, name: str, commit: Commit) -> None:
        wanted = self.wanted[name]
        is_obsolete = isinstance(examine(self.state, wanted.delivery, commit.at), Obsolete)
        if is_obsolete and not wanted.is_obsolete:
            wanted.obsolete_since_s = commit.at / 1000
        wanted.is_obsolete = is_obsolete
        wanted.was_obsolete = wanted.was_obsolete or is_obsolete
