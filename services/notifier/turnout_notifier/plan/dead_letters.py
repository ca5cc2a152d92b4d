"""The time for which dead letters are kept."""

from typing import Final

from turnout_core.domain.state import State
from turnout_notifier.queue.port import DeadLetter

KEPT_MS: Final = 30 * 24 * 3_600_000


def is_outdated(state: State, letter: DeadLetter, now_ms: int) -> bool:
    """True if nobody can use ``letter`` any more: its person or history is gone, or it is a month old."""
    delivery = letter.queued.delivery
    is_person_gone = delivery.user != "" and delivery.user not in state.users
    return is_person_gone or delivery.epoch != state.position.epoch or now_ms - letter.failed_ms > KEPT_MS
