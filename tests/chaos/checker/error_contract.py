"""The error contract: a request with an unknown outcome gets a 503 with ``Retry-After``."""

from collections.abc import Iterator
from typing import Final

from chaos.history.events import Declined
from chaos.history.history_index import HistoryIndex, Violation
from turnout_core.domain.rejections import NotLeader, Unavailable

_OPEN: Final = Unavailable.status
_CODES: Final = (Unavailable.code, NotLeader.code)
_READ: Final = (200, 401, 404)  # what a reader of existing views can be told


def error_contract_violations(index: HistoryIndex) -> Iterator[Violation]:
    """Every answer that tells nothing and should have, and every request that never got one."""
    for each in index.declined:
        wrong = _wrong(each)
        if wrong is not None:
            rule, message = wrong
            said = f"{each.by} answered {each.status} {each.code} to {each.about}: {message}"
            yield Violation(rule, said, op=each.op, time=each.time)
    for gave_up in index.unanswered:
        asked, seconds = index.asked[gave_up.op], gave_up.ended - gave_up.began
        message = f"{asked.method} {asked.path} was repeated for {seconds:.0f} s, and nobody answered it"
        yield Violation("unanswered", message, op=gave_up.op, time=gave_up.ended)


def _wrong(said: Declined) -> tuple[str, str] | None:
    if said.status == _OPEN:
        if said.code not in _CODES:
            return "refusal", f"only {' and '.join(_CODES)} are documented"
        if not (said.retry_after or "").isdecimal():
            return "refusal", f"it says nothing of when to come back (Retry-After: {said.retry_after})"
        return None
    if said.status > _OPEN or said.status == 500:
        return "broken", "the service made a mistake"
    if said.op is None and said.status not in _READ:
        return "unread", "no reader asked for anything that is refused so"
    return "no-position", "it does not say of which position that holds"
