"""Runs the gateway service with a planted bug: ``python -m chaos.planted.planted_gateway BUG``."""

import sys

from chaos.planted.registry import planted
from turnout_gateway.__main__ import main

if __name__ == "__main__":
    with planted(sys.argv.pop(1)):
        main()
