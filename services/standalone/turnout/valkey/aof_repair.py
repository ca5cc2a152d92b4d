"""Repairs an append-only file that Valkey refuses: zeros at its end are cut, anything else needs a backup.

A file grows before its content is on the disk, so a power loss can leave zeros behind what was synced. Valkey takes a
torn record there, and cuts it, but no zeros.
"""

import itertools
import mmap
import os
import shutil
from pathlib import Path
from typing import Final

from turnout.valkey.aof_reader import Extent, extent

_WAY_OUT: Final = "Restore from a backup: docs/backups.md"


class Damage(Exception):
    """A file cannot be loaded; the message names it, the offset and the way out, in one line."""


def mend(folder: Path, complaint: str) -> str | None:
    """Mends the file that ``complaint``, the last one in Valkey's log, is about.

    Gives what was done, in a line; None where no file is named. Raises Damage, and has changed nothing then.
    """
    files = _files(folder)
    path = next((each for each in files if _is_about(complaint, each)), None)
    if path is None:
        return None
    if not path.exists() or not path.name.endswith(".aof"):
        raise Damage(f"{path} cannot be loaded: {complaint}. {_WAY_OUT}")
    found = _read(path)
    if found.tail_bytes == 0:  # the grammar is right, so it is what the commands say
        raise Damage(f"{path} cannot be loaded: {complaint}. {_WAY_OUT}")
    if not found.zeros or path != files[-1]:
        raise Damage(f"{path} is damaged behind byte {found.whole_bytes}. {_WAY_OUT}")
    try:
        copy = _cut(path, found.whole_bytes)
    except OSError as error:
        raise Damage(
            f"{path} ends in zeros behind byte {found.whole_bytes}, which cannot be cut: {error.strerror}"
        ) from error
    return (
        f"{path} ended in {found.tail_bytes} zero bytes, as a power loss leaves them: "
        f"cut at byte {found.whole_bytes}; {copy.name} beside it is how it was"
    )


def _files(folder: Path) -> list[Path]:
    """Those that the manifest lists, in the order in which they are loaded ("file NAME seq N type T")."""
    parts = folder / "appendonlydir"
    try:
        lines = (parts / "appendonly.aof.manifest").read_text(errors="replace").splitlines()
    except OSError:
        return []
    return [parts / words[1] for line in lines if len(words := line.split()) > 1 and words[0] == "file"]


def _is_about(complaint: str, path: Path) -> bool:
    return path.name in complaint or (path.suffix == ".rdb" and "error in RDB" in complaint)


def _read(path: Path) -> Extent:
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return extent(b"")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as log:
            return extent(log)


def _cut(path: Path, size: int) -> Path:
    """Gives the copy, which is on the disk before anything is cut."""
    names = (path.with_name(f"{path.name}.before-cut.{number}") for number in itertools.count(1))
    copy = next(each for each in names if not each.exists())
    shutil.copyfile(path, copy)
    with copy.open("rb+") as copied:
        os.fsync(copied.fileno())
    with path.open("rb+") as file:
        file.truncate(size)
        os.fsync(file.fileno())
    return copy
