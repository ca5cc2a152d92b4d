"""The error contract: a request with an unknown outcome gets a 503 with ``Retry-After``."""

from collections.abc import Iterator
from typing import Final

from chaos.history.events import InconclusiveResponse
from chaos.history.history_index import HistoryIndex, Violation
from turnout_core.domain.rejections import Full, NotLeader, Unavailable

_UNAVAILABLE_STATUS: Final = Unavailable.status
_UNAVAILABLE_CODES: Final = (Unavailable.code, NotLeader.code, Full.code)
_READ_STATUSES: Final = (200, 401, 404)  # statuses that a read of an existing view can have


def error_contract_violations(index: HistoryIndex) -> Iterator[Violation]:
    """Yields the responses that break the contract, and the requests that never got a response."""
    for each in index.inconclusive_responses:
        breach = _find_breach(each)
        if breach is not None:
            rule, message = breach
            response = f"{each.service} answered {each.status} {each.code} to {each.target}: {message}"
            yield Violation(rule, response, op=each.op, time=each.time)
    for abandoned in index.abandoned_requests:
        request, duration_s = index.requests[abandoned.op], abandoned.ended - abandoned.began
        message = f"{request.method} {request.path} was repeated for {duration_s:.0f} s without a response"
        yield Violation("unanswered", message, op=abandoned.op, time=abandoned.ended)


def _find_breach(response: InconclusiveResponse) -> tuple[str, str] | None:
    if response.status == _UNAVAILABLE_STATUS:
        if response.code not in _UNAVAILABLE_CODES:
            return "refusal", f"only {' and '.join(_UNAVAILABLE_CODES)} are documented"
        if not (response.retry_after or "").isdecimal():
            return "refusal", f"Retry-After is missing or invalid: {response.retry_after}"
        return None
    if response.status > _UNAVAILABLE_STATUS or response.status == 500:
        return "broken", "the service failed"
    if response.op is None and response.status not in _READ_STATUSES:
        return "unread", "no read may be refused with this status"
    return "no-position", "the response has no position"
