"""Finds out if the disk of a folder is full by writing: a quota or a reserve may leave less than the free blocks."""

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

ROOM_BYTES: Final = 1 << 20  # some thousand records: less would be full again before anybody has looked
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def is_full(folder: Path) -> bool:
    """True where ``folder`` has no room for ``ROOM_BYTES`` more; whatever else ails it is for its user to find out."""
    probe = folder / "room.probe"
    try:
        with probe.open("wb", buffering=0) as file:
            left = ROOM_BYTES
            while left:  # a write(2) may be a short one, and only the next one says why
                left -= file.write(bytes(left))
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno in _FULL
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    return False
