"""The command service as it is, but for SIGUSR1 (``held``): ``python -m chaos.telling_command``."""

from chaos.held import tell_on_signal
from turnout_command.__main__ import main

if __name__ == "__main__":
    tell_on_signal()
    main()
