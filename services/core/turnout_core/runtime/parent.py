"""Ends a child process together with its parent."""

import ctypes
import os
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def end_with_parent(signal: int, parent: int | None = None) -> None:
    """Has the kernel send ``signal`` to this process when its parent ends, even by SIGKILL. On Linux only.

    ``parent`` is the pid of the parent: the process exits if that has ended before this call.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
