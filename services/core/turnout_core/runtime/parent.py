"""Ends a child process together with its parent."""

import ctypes
import os
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def end_with_parent(signal: int, parent: int | None = None) -> None:
    """Requests ``signal`` from the kernel when the parent ends, even by SIGKILL (prctl(2)). Works on Linux only.

    ``parent`` is the pid of the parent: the process exits if the parent ended before this call.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
