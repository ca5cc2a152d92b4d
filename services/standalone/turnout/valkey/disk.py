"""Tests by writing whether the disk of a folder is full: a quota or a reserve may leave less than the free blocks."""

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

FREE_BYTES_MIN: Final = 1 << 20  # some thousand records: less would be full again within seconds
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def is_full(folder: Path) -> bool:
    """True if ``folder`` has no room for ``FREE_BYTES_MIN``. Any other error counts as room."""
    probe = folder / "room.probe"
    try:
        with probe.open("wb", buffering=0) as file:
            left = FREE_BYTES_MIN
            while left:  # write(2) may write less than asked; only the next call returns the error
                left -= file.write(bytes(left))
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno in _FULL
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    return False
