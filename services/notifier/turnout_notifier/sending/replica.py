"""The port of the replica: the part of a follower that a sender needs."""

from typing import Protocol

from turnout_core.domain.state import State


class Replica(Protocol):
    """A state that follows the journal. ``Follower`` satisfies it.

    Attributes:
        state: None until it is loaded. It changes whenever the event loop runs other tasks.
    """

    state: State | None

    def is_ready(self) -> bool:
        """True if the state was up to date a moment ago."""
        ...
