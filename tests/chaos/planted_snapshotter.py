"""The snapshotter with a bug in it: ``python -m chaos.planted_snapshotter BUG``. For tests of the checker only."""

import sys

from chaos.planted import planted
from turnout_command.snapshots.snapshotter import main

if __name__ == "__main__":
    with planted(sys.argv.pop(1)):
        main()
