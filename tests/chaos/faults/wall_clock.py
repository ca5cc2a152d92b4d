"""Wall clocks of processes that a test can set while they run, by libfaketime. Their monotonic clocks stay right."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from turnout_core.runtime.clock import wall_ms

_LIBRARIES: Final = ("/usr/lib", "/usr/local/lib", "/usr/lib64")


def faketime_library() -> Path | None:
    """The library to preload; None if it is not installed."""
    if shutil.which("faketime") is None:
        return None
    found = (path for folder in _LIBRARIES for path in Path(folder).glob("**/faketime/libfaketimeMT.so.1"))
    return next(found, None)


class WallClock:
    """The wall clock of the processes that run with ``env``: that of this machine, and an offset.

    Args:
        file: is written, and read by the processes.
        library: of ``faketime_library``.
    """

    def __init__(self, file: Path, library: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._library = library
        self._monotonic = monotonic
        self._offset_ms = 0
        self._steps: list[tuple[float, int, int]] = []
        self.set(0)

    @property
    def env(self) -> dict[str, str]:
        """Variables for processes with this clock."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset_ms: int) -> None:
        """Sets the clock to that of this machine plus ``offset_ms``, for all its processes at once."""
        unfinished = self._file.with_suffix(".part")
        unfinished.write_text(f"{offset_ms / 1000:+.3f}\n")
        unfinished.replace(self._file)
        now_ms = wall_ms()
        self._steps.append((self._monotonic(), now_ms + self._offset_ms, now_ms + offset_ms))
        self._offset_ms = offset_ms

    def now_ms(self) -> int:
        """The time that the processes read, in ms since 1970."""
        return wall_ms() + self._offset_ms

    def steps_since(self, began_s: float) -> tuple[int, ...]:
        """The readings just before and after each step since ``began_s`` (monotonic seconds)."""
        return tuple(ms for at_s, *both in self._steps if at_s >= began_s for ms in both)
