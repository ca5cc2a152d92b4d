"""Runs the snapshotter with a planted bug: ``python -m chaos.planted.planted_snapshotter BUG``."""

import sys

from chaos.planted.registry import planted
from turnout_command.snapshots.snapshotter import main

if __name__ == "__main__":
    with planted(sys.argv.pop(1)):
        main()
