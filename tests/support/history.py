"""Short histories for tests."""

from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange, Commit, Details, EventCreated, IdempotencyEntry, Joined, SignedUp
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import Head
from turnout_core.journal.record import GENESIS, peek, seal

EPOCH = "test"
BEGINNING = Head(Position(EPOCH, 0), GENESIS)

DETAILS = Details(
    title="Board games",
    starts="2026-11-27T19:30",
    ends="2026-11-27T22:30",
    zone="Europe/Vienna",
    starts_at=1_795_804_200_000,
    ends_at=1_795_815_000_000,
    capacity=4,
    tags=("games",),
)


class History:
    """Seals commits in order, as a writer does."""

    def __init__(self, head: Head = BEGINNING) -> None:
        self.head = head
        self.records: list[bytes] = []

    def add(
        self, *changes: AnyChange, actor: str | None = None, at: int = 0, answered: IdempotencyEntry | None = None
    ) -> bytes:
        before = self.head
        position = Position(before.position.epoch, before.position.seq + 1)
        commit = Commit(position.epoch, position.seq, at or position.seq, actor, changes, answered)
        record, digest = seal(commit, before.hash)
        self.head = Head(position, digest)
        self.records.append(record)
        return record


def small_history() -> History:
    """Ada creates an event; Ada and Grace join it."""
    history = History()
    history.add(SignedUp("ada", "Ada"))
    history.add(SignedUp("grace", "Grace"))
    history.add(EventCreated("games", "ada", DETAILS), actor="ada")
    history.add(Joined("games", "ada", 1, "going"), actor="ada")
    history.add(Joined("games", "grace", 2, "going"), actor="grace")
    return history


def state_after(history: History) -> State:
    """The State after ``history``, which starts at the beginning of the journal."""
    state = State(BEGINNING.position, BEGINNING.hash)
    for record in history.records:
        apply(state, *peek(record))
    return state
