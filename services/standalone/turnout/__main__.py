"""The entry point of ``turnout`` and of ``python -m turnout``."""

import os
import signal
from types import FrameType
from typing import Final

_INTERRUPTED: Final = 130  # the shell's status after Ctrl-C


def main() -> None:
    """Runs the command line. Its imports take most of a second; Ctrl-C ends them without a traceback."""
    signal.signal(signal.SIGINT, _exit)
    from turnout.cli import main as run  # noqa: PLC0415 - after the signal is set

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _exit(_: int, __: FrameType | None) -> None:
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
