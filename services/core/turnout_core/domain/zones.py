"""Time zones: one source of rules, the pinned package ``tzdata``, in every process and image.

``ZoneInfo(name)`` reads the machine's files first, which may be years older than the names that the package lists
(docs/decisions/0018-zone-data.md). So nothing else calls it; ruff refuses that.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo  # noqa: TID251 - this is the one place that loads zones

import tzdata

ZONE_DATA_VERSION: Final[str] = tzdata.IANA_VERSION
"""The version of the IANA time zone database in use, such as ``2026f``."""

_MINUTE: Final = timedelta(minutes=1)


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


def day_start_ms(day: date, zone: tzinfo) -> int:
    """The moment at which ``day`` begins by the clock of ``zone``, in ms since 1970.

    Where the clocks skip midnight, ``fold=0`` means the moment of the change (PEP 495). Where they show midnight twice,
    it is the first, unless the day before goes on after it, as in St. John's until 2011 (from 00:01 back to 23:01).
    A day that is skipped begins when the next one does.
    """
    first, second = (datetime(day.year, day.month, day.day, tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    goes_on = second > first and (second - _MINUTE).astimezone(zone).date() < day
    return round((second if goes_on else first).timestamp() * 1000)
