"""Runs notifiers with one planted bug each, until the checker has caught it.

python -m chaos.notices.planted [BUG...]
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from chaos.notices.bugs import BUGS
from chaos.notices.run import NoticesResult, run

_RUNS_MAX: Final = 4
_FAULTS: Final = 15


async def run_until_caught(bug: str) -> NoticesResult | None:
    """Returns the run that caught the bug; None after ``_RUNS_MAX`` runs."""
    for number in range(_RUNS_MAX):
        with tempfile.TemporaryDirectory(prefix="turnout-notices-") as folder:
            result = await run(f"{bug}-{number}", _FAULTS, Path(folder), [bug])
        if result.violations:
            return result
    return None


def main() -> None:
    missed = 0
    for bug in sys.argv[1:] or BUGS:
        started = time.monotonic()
        result = asyncio.run(run_until_caught(bug))
        missed += result is None
        rules = Counter(each.rule for each in result.violations) if result is not None else {}
        sys.stdout.write(f"{bug:<26} {time.monotonic() - started:>4.0f} s  {', '.join(rules) or 'NOT CAUGHT'}\n")
        sys.stdout.flush()
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
