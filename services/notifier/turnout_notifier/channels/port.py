"""The port of channels: what they get, and what becomes of it."""

from dataclasses import dataclass
from typing import Protocol

from turnout_core.domain.notices import Notice
from turnout_core.domain.state import State
from turnout_notifier.delivery import Delivery


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries that leave together: of mail all that wait for one person, otherwise a single one.

    Attributes:
        deliveries: oldest first, at least one. All have the same channel, user and target.
        notices: those of ``deliveries``, in the same order; empty for a webhook.
        state: of the replica. It changes whenever the event loop runs other tasks, so a channel reads all that it
            needs before its first ``await``.
    """

    deliveries: tuple[Delivery, ...]
    notices: tuple[Notice, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Sent:
    """The next server has accepted the batch."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The batch was not accepted.

    Attributes:
        reason: for operators; without addresses, names and secrets.
        is_permanent: True if the same batch would fail again.
        retry_after_s: seconds for which the server wants no further attempt, if it says so.
    """

    reason: str
    is_permanent: bool = False
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The recipient's address, subscription or webhook does not exist any more.

    The channel has asked that nothing is sent there again.
    """

    reason: str


Result = Sent | Failed | Gone


class Channel(Protocol):
    """Sends batches of one channel. Any number of calls may run at a time.

    Delivery: at least once. A call that is cancelled, or whose process ends, may have been sent, and the batch is sent
    again. So a channel hands on the id of a delivery where its protocol has room for one.
    Errors: all that can go wrong outside this program is a ``Failed`` or ``Gone``. A call ends within a minute.
    """

    async def send(self, batch: Batch) -> Result: ...
