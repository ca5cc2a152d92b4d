"""Quiet hours by the clock of a person's zone, also on days on which that clock is changed."""

from datetime import datetime, time, timedelta
from typing import Final

from turnout_core.domain.zones import load_zone

_DAY: Final = timedelta(days=1)


def end_of_quiet_ms(now_ms: int, quiet: tuple[str, str], zone: str) -> int:
    """When quiet hours end, in ms since 1970; ``now_ms`` if there are none now.

    ``quiet`` is from and to, each as ``HH:MM``; they may pass midnight, and two equal times are none. A ``zone`` that
    is not in the IANA database has no quiet hours.
    """
    begins, ends = (time.fromisoformat(each) for each in quiet)
    try:
        tz = load_zone(zone)
    except KeyError:
        return now_ms
    now = datetime.fromtimestamp(now_ms / 1000, tz)
    if not _is_between(now.time(), begins, ends):
        return now_ms
    day = now.date() if now.time() < ends else now.date() + _DAY
    # A clock that is set back shows the end twice; after the first time, the second counts.
    for fold in (0, 1):
        end_ms = round(datetime.combine(day, ends, tz).replace(fold=fold).timestamp() * 1000)
        if end_ms > now_ms:
            return end_ms
    return now_ms


def _is_between(clock: time, begins: time, ends: time) -> bool:
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends
