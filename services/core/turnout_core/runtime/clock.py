"""The clocks of this machine."""

import time
from typing import Final

_SINCE_BOOT: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # macOS does not have CLOCK_BOOTTIME


def since_boot_s() -> float:
    """Seconds since boot, suspension included (``clock_gettime(2)``).

    A lease can end while the machine is suspended. ``time.monotonic`` does not count that time on Linux.
    """
    return time.clock_gettime(_SINCE_BOOT)


def wall_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
