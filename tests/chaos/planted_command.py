"""The command service with a bug in it: ``python -m chaos.planted_command BUG``. For tests of the checker only."""

import sys

from chaos.held import tell_on_signal
from chaos.planted import planted
from turnout_command.__main__ import main

if __name__ == "__main__":
    tell_on_signal()
    with planted(sys.argv.pop(1)):
        main()
