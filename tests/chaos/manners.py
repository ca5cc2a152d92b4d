"""How a service has to speak where it tells nothing: what is not known is a 503 that says when to come back."""

from collections.abc import Iterator
from typing import Final

from chaos.evidence import Evidence, Violation
from chaos.testimony import Declined
from turnout_core.domain.rejections import NotLeader, Unavailable

_OPEN: Final = Unavailable.status
_CODES: Final = (Unavailable.code, NotLeader.code)
_READ: Final = (200, 401, 404)  # what a reader of existing views can be told


def ill_mannered(evidence: Evidence) -> Iterator[Violation]:
    """Every answer that tells nothing and should have, and every request that never got one."""
    for each in evidence.declined:
        wrong = _wrong(each)
        if wrong is not None:
            rule, message = wrong
            said = f"{each.by} answered {each.status} {each.code} to {each.about}: {message}"
            yield Violation(rule, said, op=each.op, time=each.time)
    for gave_up in evidence.unanswered:
        asked, seconds = evidence.asked[gave_up.op], gave_up.ended - gave_up.began
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
