"""The registry of planted bugs. The checker must catch each of them; ``services`` does not know them.

Each one replaces a piece of a real part by a wrong one, as a careless change would, for as long as ``planted`` is open.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

from chaos.planted import command, gateway, snapshotter
from chaos.planted.replacement import Replacement


class Bug(NamedTuple):
    """
    Attributes:
        scene: of a simulation, the one that it takes to see the bug.
        rule: of the checker, the one that is broken by it, whatever else is.
    """

    replacements: Callable[[], Iterable[Replacement]]
    scene: str
    rule: str


BUGS: Final[Mapping[str, Bug]] = {
    bug.replacements.__name__.replace("_", "-"): bug
    for bug in (
        Bug(command.answer_before_append, "deposed_writer", "lost"),
        Bug(command.speculative_rejection, "deposed_writer", "rejection"),
        Bug(command.key_ignored, "work", "twice"),
        Bug(command.wrong_replay, "work", "answer"),
        Bug(command.replay_unmarked, "work", "answer"),
        Bug(command.promotion_lost, "work", "decision"),
        Bug(command.lease_trusted, "forgotten_writer", "real-time"),
        Bug(command.fence_ignored, "deposed_writer", "chain"),
        Bug(command.chain_restarted, "work", "chain"),
        Bug(snapshotter.trim_before_snapshot, "new_gateway", "missing"),
        Bug(command.append_twice, "work", "twice"),
        Bug(gateway.gap_skipped, "lossy_bus", "view"),
        Bug(gateway.last_message_dropped, "work", "view"),
        Bug(gateway.claims_beyond, "work", "view"),
        Bug(gateway.tombstone_lost, "work", "live"),
        Bug(gateway.resume_empty, "dropped_watchers", "live"),
        Bug(command.seats_not_freed, "work", "seats"),
        Bug(gateway.deletion_half_done, "work", "view"),
        Bug(command.mistake_in_a_rule, "work", "broken"),
        Bug(command.refused_for_ever, "work", "unanswered"),
        Bug(command.unknown_refused, "deposed_writer", "no-position"),
        Bug(command.standby_forgets_keys, "deposed_writer", "answer"),
        Bug(command.ended_twice, "time_passes", "event-end"),
        Bug(command.never_ended, "time_passes", "event-end"),
        Bug(command.ended_early, "time_passes", "event-end"),
        Bug(command.no_retry_after, "deposed_writer", "refusal"),
    )
}
"""Each bug by its name."""


@contextmanager
def planted(bug: str) -> Iterator[None]:
    """The real parts, with this bug in them."""
    replaced: list[Replacement] = []
    try:
        for where, name, wrong in BUGS[bug].replacements():
            replaced.append((where, name, getattr(where, name)))
            setattr(where, name, wrong)
        yield
    finally:
        for where, name, right in reversed(replaced):
            setattr(where, name, right)
