"""The days of an event that lasts all day."""

from datetime import date, timedelta
from typing import Protocol


class _LocalTimes(Protocol):
    """``Details``, an item, or what else has local times: ``YYYY-MM-DDTHH:MM``."""

    @property
    def starts(self) -> str: ...

    @property
    def ends(self) -> str: ...


def first_and_last_day(event: _LocalTimes) -> tuple[date, date]:
    """The first and the last day; ``ends`` is 00:00 of the day after the last one."""
    return local_day(event.starts), local_day(event.ends) - timedelta(days=1)


def local_day(local: str) -> date:
    """The day of a local time."""
    return date.fromisoformat(local[:10])
