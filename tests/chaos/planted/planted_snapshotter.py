"""Runs the snapshotter with a planted bug: ``python -m chaos.plant.planted_snapshotter BUG``."""

import sys

from chaos.planted.registry import plant
from turnout_command.snapshots.snapshotter import main

if __name__ == "__main__":
    with plant(sys.argv.pop(1)):
        main()
