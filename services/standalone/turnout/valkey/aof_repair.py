"""Repairs an append-only file that Valkey refuses: cuts zeros at its end. Any other damage needs a backup.

A file grows before its content is on disk, so a power loss can leave zeros after the last synced byte. Valkey itself
cuts a torn record at the end, but refuses zeros.
"""

import itertools
import mmap
import os
import shutil
from pathlib import Path
from typing import Final

from turnout.valkey.aof_reader import Extent, measure_extent

_REMEDY: Final = "Restore from a backup: docs/backups.md"


class UnrepairableFile(Exception):
    """Valkey cannot load a file. The message is one line with the file, the offset and the remedy."""


def repair(folder: Path, warning: str) -> str | None:
    """Repairs the file that ``warning``, the last one in Valkey's log, names.

    Returns one line about the repair; None if the warning names no file. Raises UnrepairableFile; no file has changed
    then.
    """
    files = _listed_files(folder)
    path = next((each for each in files if _names_file(warning, each)), None)
    if path is None:
        return None
    if not path.exists() or not path.name.endswith(".aof"):
        raise UnrepairableFile(f"{path} cannot be loaded: {warning}. {_REMEDY}")
    extent = _measure(path)
    if extent.tail_bytes == 0:  # the grammar is right, so a command itself is wrong
        raise UnrepairableFile(f"{path} cannot be loaded: {warning}. {_REMEDY}")
    if not extent.is_zero_filled or path != files[-1]:
        raise UnrepairableFile(f"{path} is damaged after byte {extent.intact_bytes}. {_REMEDY}")
    try:
        copy = _copy_and_truncate(path, extent.intact_bytes)
    except OSError as error:
        raise UnrepairableFile(
            f"{path} ends in zeros after byte {extent.intact_bytes}, which cannot be cut: {error.strerror}"
        ) from error
    return (
        f"{path} ended in {extent.tail_bytes} zero bytes, as a power loss leaves them: "
        f"cut at byte {extent.intact_bytes}; {copy.name} beside it is a copy from before the cut"
    )


def _listed_files(folder: Path) -> list[Path]:
    """The files of the manifest, in the order of loading. A line is "file NAME seq N type T"."""
    parts = folder / "appendonlydir"
    try:
        lines = (parts / "appendonly.aof.manifest").read_text(errors="replace").splitlines()
    except OSError:
        return []
    return [parts / words[1] for line in lines if len(words := line.split()) > 1 and words[0] == "file"]


def _names_file(warning: str, path: Path) -> bool:
    return path.name in warning or (path.suffix == ".rdb" and "error in RDB" in warning)


def _measure(path: Path) -> Extent:
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return measure_extent(b"")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as log:
            return measure_extent(log)


def _copy_and_truncate(path: Path, size: int) -> Path:
    """Copies the file, syncs the copy, then truncates the file to ``size`` bytes. Returns the copy."""
    names = (path.with_name(f"{path.name}.before-cut.{number}") for number in itertools.count(1))
    copy = next(each for each in names if not each.exists())
    shutil.copyfile(path, copy)
    with copy.open("rb+") as copied:
        os.fsync(copied.fileno())
    with path.open("rb+") as file:
        file.truncate(size)
        os.fsync(file.fileno())
    return copy
