"""Real processes with planted bugs, under the nemesis, until the checker has caught each of them.

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
from chaos.run import Outcome, run

BUGS: Final = {
    "answer-before-append": "command",
    "speculative-rejection": "command",
    "key-ignored": "command",
    "wrong-replay": "command",
    "promotion-lost": "command",
    "chain-restarted": "command",
    "append-twice": "command",
    "replay-unmarked": "command",
    "fence-ignored": "command",
    "seats-not-freed": "command",
    "mistake-in-a-rule": "command",
    "refused-for-ever": "command",
    "unknown-refused": "command",
    "no-retry-after": "command",
    "standby-forgets-keys": "command",
    "trim-before-snapshot": "snapshotter",
    "gap-skipped": "gateway",
    "last-message-dropped": "gateway",
    "claims-beyond": "gateway",
    "tombstone-lost": "gateway",
    "resume-empty": "gateway",
    "deletion-half-done": "gateway",
}
# ``lease-trusted`` is simulated only: it takes a cut-off leader that nobody asks to write, and here all people do.
_ONLY: Final[Mapping[str, Collection[str]]] = {
    "fence-ignored": ("stop-command",),
    "trim-before-snapshot": ("snapshot",),
}
"""The faults that it takes, where others would only be in their way."""
_TRIES: Final = 6
_FAULTS: Final = 12
_SECONDS: Final = 25.0


async def caught(bug: str, kind: str) -> Outcome | None:
    """The first run that shows the bug; None when none does."""
    arguments: Sequence[str] = ("-m", f"chaos.planted.planted_{kind}", bug)
    for number in range(1, _TRIES + 1):
        with tempfile.TemporaryDirectory(prefix="turnout-bug-") as folder:
            cluster = Cluster(Path(folder), **{kind: arguments})
            outcome = await run(f"{bug}-{number}", _FAULTS, _SECONDS, cluster, each_kind=True, only=_ONLY.get(bug, ()))
        if outcome.violations:
            return outcome
    return None


def main() -> None:
    missed = 0
    for bug in sys.argv[1:] or BUGS:
        started = time.monotonic()
        outcome = asyncio.run(caught(bug, BUGS[bug]))
        missed += outcome is None
        rules = Counter(each.rule for each in outcome.violations) if outcome else {}
        said = f"caught: {', '.join(rules)}" if rules else "NOT CAUGHT"
        sys.stdout.write(f"{bug:<24} {time.monotonic() - started:>4.0f} s  {said}\n")
        sys.stdout.flush()
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
