"""Sends what is due by one channel, and records what became of it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from turnout_core.domain.notices import Notice
from turnout_core.domain.state import State
from turnout_core.journal.port import JournalError, Unreachable
from turnout_core.runtime.tasks import cancel_and_wait
from turnout_notifier.channels.port import Batch, Channel, Failed, Gone, Result, Sent
from turnout_notifier.delivery import ChannelName, Delivery
from turnout_notifier.metrics import Metrics
from turnout_notifier.plan.pacing import INTERVAL_MS, Pacing
from turnout_notifier.plan.retries import next_attempt_s
from turnout_notifier.plan.validity import Obsolete, Ready, Waits
from turnout_notifier.queue.port import Dead, DeadLetter, Done, Later, Outcome, Queue, QueuedDelivery
from turnout_notifier.sending.replica import Replica

_DUE_MAX: Final = 1_000
_POLL_S: Final = 1.0  # an operator may have put dead letters back
_SETTLE_RETRY_S: Final = 0.5
_SEND_TIMEOUT_S: Final = 60.0

log = logging.getLogger("turnout.notifier")


@dataclass(frozen=True, slots=True)
class Route:
    """A channel, and how the sender uses it.

    Attributes:
        examine: what holds for a delivery now (``plan.validity``); a webhook has no notice.
        is_gathered: True if all that waits for a person goes together, once a minute.
        parallel: batches that are being sent at a time.
    """

    name: ChannelName
    channel: Channel
    examine: Callable[[State, Delivery, int], Ready | Waits | Obsolete]
    is_gathered: bool
    parallel: int


class _Group(NamedTuple):
    """Queued deliveries that leave together, with their notices."""

    queued: list[QueuedDelivery]
    notices: list[Notice]


class Sender:
    """Sends by one route while this notifier has the lease.

    Args:
        is_lease_valid: True while nobody else can have the lease.
        now_ms: wall clock in ms since 1970.
    """

    def __init__(
        self,
        route: Route,
        queue: Queue,
        replica: Replica,
        is_lease_valid: Callable[[], bool],
        metrics: Metrics,
        now_ms: Callable[[], int],
    ) -> None:
        self._route = route
        self._queue = queue
        self._replica = replica
        self._is_lease_valid = is_lease_valid
        self._metrics = metrics
        self._now_ms = now_ms
        self._pacing = Pacing({})
        self._in_flight: dict[str, asyncio.Task[None]] = {}  # by recipient
        self._settled: set[str] = set()  # ids of deliveries that left the queue since it was read last
        self._failure: BaseException | None = None
        self._is_stopping = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Looks for due deliveries at once."""
        self._woken.set()

    async def run(self, fence: int) -> None:
        """Sends until it is cancelled. Raises WriterFenced."""
        try:
            self._pacing = Pacing(await self._queue.paced(self._now_ms() - INTERVAL_MS))
            while True:
                self._woken.clear()
                pause_s = await self._start_due(fence)
                if self._failure is not None:
                    raise self._failure
                try:
                    async with asyncio.timeout(pause_s):
                        await self._woken.wait()
                except TimeoutError:
                    continue
        finally:
            await cancel_and_wait(*self._in_flight.values())

    async def drain(self, timeout_s: float) -> None:
        """Starts nothing more, and waits for what is being sent, for at most ``timeout_s`` seconds."""
        self._is_stopping = True
        if self._in_flight:
            await asyncio.wait(list(self._in_flight.values()), timeout=timeout_s)

    async def _start_due(self, fence: int) -> float:
        """Starts as many batches as there is room for. Returns the pause in seconds until the next may be due."""
        now_ms = self._now_ms()
        state = self._replica.state
        if state is None or not self._may_send():
            return _POLL_S
        try:
            self._settled.clear()
            due = await self._queue.due(self._route.name, now_ms, _DUE_MAX + len(self._in_flight))
            await self._start(fence, state, due, now_ms)
            next_ms = await self._queue.next_due_ms(self._route.name, now_ms)
        except Unreachable as error:
            log.warning("the queue cannot be read, retrying: %s", error)
            return _POLL_S
        return _POLL_S if next_ms is None else min(max(next_ms - self._now_ms(), 0) / 1000, _POLL_S)

    def _may_send(self) -> bool:
        return not self._is_stopping and self._replica.is_ready() and self._is_lease_valid()

    async def _start(self, fence: int, state: State, due: Sequence[QueuedDelivery], now_ms: int) -> None:
        groups, outcomes = self._group(state, due, now_ms)
        for recipient, group in groups.items():
            until_ms = self._pacing.wait_until_ms(recipient, now_ms) if self._route.is_gathered else None
            if until_ms is not None:
                outcomes += (Later(each, until_ms) for each in group.queued)
            elif len(self._in_flight) < self._route.parallel and self._may_send():
                self._send_in_background(fence, recipient, group, state)
        if outcomes:
            await self._queue.settle(fence, self._route.name, outcomes)

    def _group(
        self, state: State, due: Sequence[QueuedDelivery], now_ms: int
    ) -> tuple[dict[str, _Group], list[Outcome]]:
        """Those to send now, by recipient, and what became of the others."""
        groups: dict[str, _Group] = {}
        outcomes: list[Outcome] = []
        for queued in due:
            delivery = queued.delivery
            recipient = delivery.user if self._route.is_gathered else delivery.id
            is_ahead = delivery.epoch == state.position.epoch and delivery.seq > state.position.seq
            if recipient in self._in_flight or delivery.id in self._settled or is_ahead:
                continue
            match self._examine(state, delivery, now_ms):
                case Ready(notice):
                    group = groups.setdefault(recipient, _Group([], []))
                    group.queued.append(queued)
                    if notice is not None:
                        group.notices.append(notice)
                case Waits(until_ms):
                    outcomes.append(Later(queued, until_ms))
                case Obsolete():
                    self._count("obsolete")
                    outcomes.append(Done(queued))
                case Failed() as failed:
                    outcomes.append(self._outcome(queued, failed, now_ms))
        return groups, outcomes

    def _examine(self, state: State, delivery: Delivery, now_ms: int) -> Ready | Waits | Obsolete | Failed:
        try:
            return self._route.examine(state, delivery, now_ms)
        except Exception as error:  # noqa: BLE001 - one odd delivery must not end the others; its text may be private
            return self._bug(error)

    def _send_in_background(self, fence: int, recipient: str, group: _Group, state: State) -> None:
        batch = Batch(tuple(each.delivery for each in group.queued), tuple(group.notices), state)
        task = asyncio.create_task(self._send(fence, recipient, group.queued, batch))
        self._in_flight[recipient] = task

        def on_done(_: "asyncio.Task[None]") -> None:
            self._settled.update(each.id for each in batch.deliveries)
            del self._in_flight[recipient]
            if not task.cancelled() and (error := task.exception()) is not None:
                self._failure = error
            self.wake()

        task.add_done_callback(on_done)

    async def _send(self, fence: int, recipient: str, queued: Sequence[QueuedDelivery], batch: Batch) -> None:
        result = await self._try_to_send(batch)
        now_ms = self._now_ms()
        outcomes = [self._outcome(each, result, now_ms) for each in queued]
        paced = (recipient, now_ms) if self._route.is_gathered and isinstance(result, Sent) else None
        if paced is not None:
            self._pacing.note(*paced)
        while True:
            try:
                await self._queue.settle(fence, self._route.name, outcomes, paced)
            except Unreachable as error:  # until it is recorded, it must not be sent again
                log.warning("it cannot be recorded that something was sent, retrying: %s", error)
                await asyncio.sleep(_SETTLE_RETRY_S)
            else:
                return

    async def _try_to_send(self, batch: Batch) -> Result:
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                return await self._route.channel.send(batch)
        except TimeoutError:
            return Failed("it took too long")
        except JournalError as error:
            return Failed(str(error))
        except Exception as error:  # noqa: BLE001 - as above
            return self._bug(error)

    def _bug(self, error: Exception) -> Failed:
        log.critical("a delivery by %s failed by a bug in this program: %s", self._route.name, type(error).__name__)
        return Failed(f"a bug in this program: {type(error).__name__}")

    def _outcome(self, queued: QueuedDelivery, result: Result, now_ms: int) -> Outcome:
        match result:
            case Sent():
                self._count("sent")
                self._metrics.delay.labels(self._route.name).observe(max(now_ms - queued.queued_ms, 0) / 1000)
                return Done(queued)
            case Gone():
                self._count("gone")
                return Done(queued)
            case Failed(reason, is_permanent, retry_after_s):
                failed = msgspec.structs.replace(queued, attempts=queued.attempts + 1)
                pause_s = None if is_permanent else next_attempt_s(failed.attempts, retry_after_s)
                if pause_s is None:
                    self._count("dead")
                    log.warning("a delivery by %s has failed for good: %s", self._route.name, reason)
                    return Dead(DeadLetter(failed, now_ms, reason))
                self._count("retried")
                return Later(failed, now_ms + round(pause_s * 1000))

    def _count(self, outcome: str) -> None:
        self._metrics.deliveries.labels(self._route.name, outcome).inc()
