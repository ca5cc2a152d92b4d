"""The registry of planted bugs. The checker must catch each of them; ``services`` does not know them.

Each bug replaces attributes of real parts for the duration of ``plant``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

from chaos.planted import command, gateway, notices, people, replication, snapshotter
from chaos.planted.replacement import Replacement


class Bug(NamedTuple):
    """A planted bug.

    Attributes:
        scenario: the scenario of a simulation that shows it; empty if only real processes can.
        rule: the rule of the checker that must report it in a simulation.
    """

    replacements: Callable[[], Iterable[Replacement]]
    scenario: str = ""
    rule: str = ""


BUGS: Final[Mapping[str, Bug]] = {
    bug.replacements.__name__.replace("_", "-"): bug
    for bug in (
        Bug(command.answer_before_append, "deposed_writer", "lost"),
        Bug(command.speculative_rejection, "deposed_writer", "rejection"),
        Bug(command.key_ignored, "without_faults", "twice"),
        Bug(command.wrong_replay, "without_faults", "answer"),
        Bug(command.replay_unmarked, "without_faults", "answer"),
        Bug(command.promotion_lost, "without_faults", "decision"),
        Bug(command.expired_lease_trusted, "deposed_idle_writer", "real-time"),
        Bug(command.fence_ignored, "deposed_writer", "chain"),
        Bug(command.chain_restarted, "without_faults", "chain"),
        Bug(snapshotter.trim_before_snapshot, "new_gateway", "missing"),
        Bug(command.append_repeated, "without_faults", "twice"),
        Bug(gateway.gap_skipped, "lost_publications", "view"),
        Bug(gateway.last_message_dropped, "without_faults", "view"),
        Bug(gateway.later_position_claimed, "without_faults", "view"),
        Bug(gateway.tombstone_lost, "without_faults", "live"),
        Bug(gateway.empty_resume, "reconnecting_watchers", "live"),
        Bug(command.seats_not_freed, "without_faults", "seats"),
        Bug(gateway.deleted_event_remains, "without_faults", "view"),
        Bug(command.bug_in_a_rule, "without_faults", "broken"),
        Bug(command.never_answered, "without_faults", "unanswered"),
        Bug(command.unknown_outcome_as_refusal, "deposed_writer", "no-position"),
        Bug(command.standby_forgets_keys, "deposed_writer", "answer"),
        Bug(command.ended_twice, "clock_changes", "event-end"),
        Bug(command.never_ended, "clock_changes", "event-end"),
        Bug(command.ended_early, "clock_changes", "event-end"),
        Bug(command.no_retry_after, "deposed_writer", "refusal"),
        Bug(command.approval_without_capacity, "without_faults", "decision"),
        Bug(command.kept_out_guest_joins, "without_faults", "decision"),
        Bug(command.erasure_keeps_events, "without_faults", "decision"),
        Bug(gateway.former_name_stays, "without_faults", "live"),
        Bug(people.merge_loses_seats, "without_faults", "merge"),
        Bug(people.former_link_works, "without_faults", "decision"),
        Bug(people.act_unaudited, "without_faults", "decision"),
        Bug(people.hidden_event_shown, "without_faults", "live"),
        Bug(notices.message_told_to_former_guests, "without_faults", "live"),
        Bug(replication.lost_records_left),
        Bug(replication.answer_before_waitaof),
        Bug(replication.repetition_unconfirmed),
        Bug(replication.shown_before_confirmed),
        Bug(replication.former_primary_kept),
        Bug(replication.ended_subscription_kept),
    )
}
"""Each bug by its name."""


@contextmanager
def plant(bug: str) -> Iterator[None]:
    """Plants the bug for the duration of the block."""
    originals: list[Replacement] = []
    try:
        for target, name, replacement in BUGS[bug].replacements():
            originals.append((target, name, getattr(target, name)))
            setattr(target, name, replacement)
        yield
    finally:
        for target, name, original in reversed(originals):
            setattr(target, name, original)
