"""The targets of active faults, so that none is hurt twice at a time."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class TargetBusy(Exception):
    """Another fault of the target is active, so this one is skipped."""


class Fault(NamedTuple):
    """A kind of faults.

    Attributes:
        weight: how often it occurs, compared with the other kinds.
        inject: injects one, and returns when it is over. Raises TargetBusy.
    """

    weight: int
    kind: str
    inject: Callable[[], Awaitable[None]]


class Targets:
    """Names of processes, links and resources that faults hurt now."""

    def __init__(self) -> None:
        self._busy: set[str] = set()

    @contextmanager
    def reserved(self, *names: str) -> Iterator[None]:
        """Reserves the targets for the duration of the block. Raises TargetBusy."""
        if not self._busy.isdisjoint(names):
            raise TargetBusy
        self._busy.update(names)
        try:
            yield
        finally:
            self._busy.difference_update(names)
