"""Describes the device of a request, so that people recognise it in the list of their sessions."""

from functools import lru_cache
from typing import Final

from turnout_core.domain import limits

_CACHED: Final = 1_000
_HEADER_MAX_CHARS: Final = 500  # regular expressions search it


@lru_cache(maxsize=_CACHED)
def describe_device(user_agent: str | None) -> str:
    """The browser and the system, such as ``Chrome on Android``; empty if the header ``User-Agent`` names neither."""
    if not user_agent or len(user_agent) > _HEADER_MAX_CHARS:
        return ""
    from ua_parser import parse  # noqa: PLC0415 - it takes 2 MB, which a start does not need

    found = parse(user_agent)
    browser = found.user_agent.family if found.user_agent is not None else ""
    system = found.os.family if found.os is not None else ""
    return " on ".join(filter(None, (browser, system)))[: limits.DEVICE_MAX_CHARS]
