"""What has changed without a commit, until it is certainly behind everybody who comes back; see ``view``."""

from collections import deque
from typing import Final

from turnout_core.domain.state import State
from turnout_gateway.views.view import Mark, View

# Clocks of gateways, and the moments at which they notice, differ by less than this.
SETTLED_AFTER_MS: Final = 10_000


class Unsettled:
    """Views in which something is not settled, the longest first. Times are in ms since 1970."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, View, list[str] | None]] = deque()

    def changed(self, view: View, mark: Mark, now_ms: int) -> None:
        """``mark`` was a change without a commit."""
        self._waiting.append((now_ms + SETTLED_AFTER_MS, view, view.touched_in(mark.turn)))

    def made(self, view: View, now_ms: int) -> None:
        """The view does not know what had just changed when it was made; who comes back may still have it."""
        view.distrust()
        self._waiting.append((now_ms + SETTLED_AFTER_MS, view, None))

    def settle(self, state: State) -> None:
        """What happened without a commit is behind everybody who has seen a commit of well after it.

        Only the writer's own time tells that: a gateway that was deaf for a minute has not seen what others have.
        """
        while self._waiting and self._waiting[0][0] <= state.now:
            _, view, keys = self._waiting.popleft()
            if keys is None:
                view.trust(state.position.seq)
            else:
                for key in keys:
                    view.settle(key, state.position.seq)
