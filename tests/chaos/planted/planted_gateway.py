"""Runs the gateway service with a planted bug: ``python -m chaos.plant.planted_gateway BUG``."""

import sys

from chaos.planted.registry import plant
from turnout_gateway.__main__ import main

if __name__ == "__main__":
    with plant(sys.argv.pop(1)):
        main()
