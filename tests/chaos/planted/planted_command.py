"""Runs the command service with a planted bug: ``python -m chaos.plant.planted_command BUG``."""

import sys

from chaos.checker.state_dump import dump_state_on_signal
from chaos.planted.registry import plant
from turnout_command.__main__ import main

if __name__ == "__main__":
    dump_state_on_signal()
    with plant(sys.argv.pop(1)):
        main()
