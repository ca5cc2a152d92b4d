"""Time zones: one source of rules, the pinned package ``tzdata``, in every process and image.

``ZoneInfo(name)`` reads the machine's files first, which may be years older than the names that the package lists
(docs/decisions/0018-zone-data.md). So nothing else calls it; ruff refuses that.
"""

from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo  # noqa: TID251 - this is the one place that loads zones

import tzdata

ZONE_DATA_VERSION: Final[str] = tzdata.IANA_VERSION
"""The version of the IANA time zone database in use, such as ``2026f``."""


@cache
def zone_names() -> frozenset[str]:
    """All zones of the IANA database."""
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


@cache
def load_zone(name: str) -> ZoneInfo:
    """The rules of a zone of the IANA database. Other names, such as paths, never reach a file.

    Raises:
        KeyError: there is no such zone.
    """
    if name not in zone_names():
        raise KeyError(name)
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
