"""The clocks of this machine."""

import time
from typing import Final

_SINCE_BOOT: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # macOS has none


def since_boot_s() -> float:
    """Seconds since boot, suspension included (``clock_gettime(2)``).

    A lease ends while the machine is suspended; ``time.monotonic`` would not notice.
    """
    return time.clock_gettime(_SINCE_BOOT)


def wall_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
