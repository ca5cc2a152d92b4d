"""The replica of a gateway: passes commits on to the views, and serves reads from them."""

from collections.abc import Callable, Sequence
from typing import Final

from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import Commit
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Unavailable
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower
from turnout_core.journal.port import Journal
from turnout_core.runtime import gc_tuning
from turnout_gateway.runtime.flusher import Flusher
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.shares import ANYONE, Owner
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Address, Viewer
from turnout_gateway.wire.frame_out import Frame

AT_LEAST_TIMEOUT_S: Final = 1.0


class Replica:
    """Satisfies the follower's ``Listener``.

    Args:
        on_new_history: called when the follower has loaded a snapshot.
        clock: monotonic time in seconds.

    Attributes:
        unsent_since_ms: time of the first commit since the last flush; None without one.
    """

    def __init__(
        self,
        journal: Journal,
        views: ViewRegistry,
        flusher: Flusher,
        on_new_history: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self.follower = Follower(journal, self)
        self.unsent_since_ms: int | None = None
        self._views = views
        self._flusher = flusher
        self._on_new_history = on_new_history
        self._clock = clock

    def on_snapshot(self, state: State) -> None:
        self._on_new_history()
        if self._views.state is None:
            gc_tuning.tune()
        self._views.on_snapshot(state)
        self._flusher.request_flush()

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None:
        self._views.on_commits(commits)
        if self.unsent_since_ms is None:
            self.unsent_since_ms = commits[0][0].at
        self._flusher.request_flush()

    async def wait_until_ready(self) -> None:
        await self._flusher.wait_until_flushed()

    def open(self, address: Address, viewer: Viewer, opener: Owner = ANYONE) -> View:
        """Opens the view, up to date.

        Raises:
            Rejection: there is no such view, or ``viewer`` may not see it.
            Unavailable: the replica is not loaded yet, or too many views are open.
        """
        view = self._views.open(address, viewer, self._clock(), opener)
        if self._views.changed:
            self._flusher.request_flush()
        return view

    def read(self, address: Address, requested_as: str, viewer: Viewer, opener: Owner = ANYONE) -> Frame:
        """Reads the view once, as a snapshot frame. Raises as ``open`` does."""
        view = self.open(address, viewer, opener)
        frame = view.since(None, self._views.position, requested_as)
        self._views.release(address)
        return frame

    async def wait_for(self, at_least: Position | None) -> State:
        """Waits until the replica has reached ``at_least``. Raises Unavailable after ``AT_LEAST_TIMEOUT_S``."""
        if at_least is not None and not await self.follower.wait_for(at_least, AT_LEAST_TIMEOUT_S):
            raise Unavailable(f"The replica has not reached {at_least} yet.")
        state = self.follower.state
        if state is None:
            raise Unavailable("The replica is not loaded yet.")
        return state
