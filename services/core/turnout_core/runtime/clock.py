"""The clocks of this machine."""

import time
from typing import Final

_SINCE_BOOT: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # where there is none, macOS for one


def since_boot_s() -> float:
    """Seconds, never going back, and not standing still while the machine is suspended (``clock_gettime(2)``).

    A lease runs out meanwhile; ``time.monotonic`` would wake up sure of it.
    """
    return time.clock_gettime(_SINCE_BOOT)


def wall_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
