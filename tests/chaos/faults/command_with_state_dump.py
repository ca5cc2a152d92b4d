"""Runs the command service with a State dump on SIGUSR1: ``python -m chaos.faults.command_with_state_dump``."""

from chaos.checker.state_dump import dump_state_on_signal
from turnout_command.__main__ import main

if __name__ == "__main__":
    dump_state_on_signal()
    main()
