"""Turns notices into deliveries."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from turnout_core.domain.preferences import Channel
from turnout_core.domain.state import State
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.wishes import after_quiet_ms, targets, wants
from turnout_notifier.queue.port import ALL_USERS, Cursor, QueuedDelivery

GATHER_MS: Final = 250
"""How long a mail waits for further notices of the same moment, which then come in the same mail."""
_PER_STEP: Final = 1_000


class Planned(NamedTuple):
    """A delivery with its place in the order of planning, and when it is due, in ms since 1970."""

    seq: int
    user: str
    queued: QueuedDelivery
    due_ms: int


def plan_notices(
    state: State, users: Iterable[str], after: Cursor, channels: Collection[Channel], now_ms: int
) -> Iterator[Planned]:
    """The deliveries of the notices in the inboxes of ``users`` that are newer than ``after``."""
    for user_id in users:
        inbox, user = state.inboxes.get(user_id), state.users.get(user_id)
        if inbox is None or user is None or (inbox.notices[-1].seq, user_id) <= (after.seq, after.user):
            continue
        for notice in inbox.notices:
            if (notice.seq, user_id) <= (after.seq, after.user):
                continue
            for channel in channels:
                if wants(user, notice, channel):
                    ready_ms = now_ms + (GATHER_MS if channel == "mail" else 0)
                    due_ms = after_quiet_ms(user, ready_ms)
                    for target in targets(user, channel):
                        delivery = Delivery.of(state.position.epoch, notice, user_id, channel, target)
                        yield Planned(notice.seq, user_id, QueuedDelivery(delivery, now_ms), due_ms)


class Step(NamedTuple):
    """Deliveries that are enqueued together, with the cursor that then holds."""

    planned: list[Planned]
    after: Cursor


def steps(planned: Iterable[Planned], after: Cursor, per_step: int = _PER_STEP) -> Iterator[Step]:
    """Divides deliveries into steps of about ``per_step``. A step ends with all deliveries of a user and commit.

    ``after`` is the cursor when all are enqueued; the last step has it, also if there are no deliveries.
    """
    step: list[Planned] = []
    for each in sorted(planned, key=lambda each: (each.seq, each.user)):
        if len(step) >= per_step and (step[-1].seq, step[-1].user) != (each.seq, each.user):
            yield Step(step, Cursor(after.epoch, step[-1].seq, step[-1].user))
            step = []
        step.append(each)
    yield Step(step, after)


def end_of(state: State) -> Cursor:
    """The cursor when all notices up to the position of ``state`` are done."""
    return Cursor(state.position.epoch, state.position.seq, ALL_USERS)
