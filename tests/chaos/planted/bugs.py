"""Runs real processes with one planted bug each, under the nemesis, until the checker has caught it.

python -m chaos.planted.bugs [BUG...]
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from chaos.faults.cluster import Cluster
from chaos.faults.topologies import Topology
from chaos.run import RunResult, run

BUGS: Final = {
    "answer-before-append": "command",
    "speculative-rejection": "command",
    "key-ignored": "command",
    "wrong-replay": "command",
    "promotion-lost": "command",
    "chain-restarted": "command",
    "append-repeated": "command",
    "replay-unmarked": "command",
    "fence-ignored": "command",
    "seats-not-freed": "command",
    "bug-in-a-rule": "command",
    "never-answered": "command",
    "unknown-outcome-as-refusal": "command",
    "no-retry-after": "command",
    "standby-forgets-keys": "command",
    "approval-without-capacity": "command",
    "kept-out-guest-joins": "command",
    "erasure-keeps-events": "command",
    "merge-loses-seats": "command",
    "former-link-works": "command",
    "act-unaudited": "command",
    "trim-before-snapshot": "snapshotter",
    "gap-skipped": "gateway",
    "last-message-dropped": "gateway",
    "later-position-claimed": "gateway",
    "tombstone-lost": "gateway",
    "empty-resume": "gateway",
    "deleted-event-remains": "gateway",
    "former-name-stays": "gateway",
    "hidden-event-shown": "gateway",
    "message-told-to-former-guests": "gateway",
    "lost-records-left": "command",
    "answer-before-waitaof": "command",
    "repetition-unconfirmed": "command",
    "shown-before-confirmed": "command",
    "former-primary-kept": "command",
    "ended-subscription-kept": "gateway",
}
# ``expired-lease-trusted`` is simulated only: it needs a cut-off leader without writes, and here all people write.
_ONLY_FAULTS: Final[Mapping[str, Collection[str]]] = {
    "fence-ignored": ("stop-command",),
    "trim-before-snapshot": ("snapshot",),
    "lost-records-left": ("failover",),
    "answer-before-waitaof": ("cut-primary",),
    "repetition-unconfirmed": ("cut-primary",),
    "shown-before-confirmed": ("cut-primary", "kill-command"),
    "former-primary-kept": ("long-cut-primary",),
    "ended-subscription-kept": ("move-slot",),
}
"""The faults to inject, for bugs that other faults would hide."""
_TOPOLOGIES: Final[Mapping[str, Topology]] = {
    "lost-records-left": "sentinel",
    "answer-before-waitaof": "sentinel",
    "repetition-unconfirmed": "sentinel",
    "shown-before-confirmed": "sentinel",
    "former-primary-kept": "sentinel",
    "ended-subscription-kept": "cluster",
}
"""The servers that a bug needs; one Valkey for all others."""
_RUNS_MAX: Final = 6
_FAULTS: Final = 12
_SECONDS: Final = 25.0


async def run_until_caught(bug: str, kind: str) -> RunResult | None:
    """Runs until the checker catches the bug. Returns that run, or None after ``_RUNS_MAX`` runs."""
    arguments: Sequence[str] = ("-m", f"chaos.planted.planted_{kind}", bug)
    for number in range(1, _RUNS_MAX + 1):
        with tempfile.TemporaryDirectory(prefix="turnout-bug-") as folder:
            cluster = Cluster(Path(folder), {kind: arguments}, _TOPOLOGIES.get(bug, "single"))
            result = await run(
                f"{bug}-{number}", _FAULTS, _SECONDS, cluster, each_kind=True, only=_ONLY_FAULTS.get(bug, ())
            )
        if result.violations:
            return result
    return None


def main() -> None:
    missed_count = 0
    for bug in sys.argv[1:] or BUGS:
        started = time.monotonic()
        result = asyncio.run(run_until_caught(bug, BUGS[bug]))
        missed_count += result is None
        rules = Counter(each.rule for each in result.violations) if result else {}
        outcome_text = f"caught: {', '.join(rules)}" if rules else "NOT CAUGHT"
        sys.stdout.write(f"{bug:<24} {time.monotonic() - started:>4.0f} s  {outcome_text}\n")
        sys.stdout.flush()
    sys.exit(bool(missed_count))


if __name__ == "__main__":
    main()
