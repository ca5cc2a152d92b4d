"""The parts of a notifier that all its terms share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from turnout_core.domain.changes import Commit
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower
from turnout_core.journal.port import Journal
from turnout_notifier.metrics import Metrics
from turnout_notifier.plan.deliveries import Planned
from turnout_notifier.queue.port import Queue
from turnout_notifier.sending.feed import CommitFeed
from turnout_notifier.sending.sender import Route

PlanCommits = Callable[[State, Sequence[Commit]], Iterable[Planned]]
"""Plans the deliveries of commits that are no notices: those of webhooks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierParts:
    """The journal and its follower, the queue, and the ways out.

    Attributes:
        follower: of the journal; it tells ``feed`` what it applies.
        routes: of the channels that this deployment has.
        plan_commits: plans webhooks.
        now_ms: wall clock in ms since 1970.
    """

    journal: Journal
    follower: Follower
    feed: CommitFeed
    queue: Queue
    routes: Sequence[Route]
    plan_commits: PlanCommits
    metrics: Metrics
    now_ms: Callable[[], int]
