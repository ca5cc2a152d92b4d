"""Positions in the history."""

import re
from typing import Final, Self

import msgspec

POSITION_PATTERN: Final = "^([a-z0-9]{1,16})-(0|[1-9][0-9]{0,15})$"
"""The form of a position, for documents."""

_WIRE = re.compile(POSITION_PATTERN)


class Position(msgspec.Struct, frozen=True, gc=False):
    """A place in the history: ``seq`` commits of ``epoch`` are applied.

    Only positions of one epoch can be compared. A restored or replaced journal starts a new epoch, so that no position
    of the old history passes for one of the new.

    Attributes:
        epoch: 1 to 16 characters of ``[a-z0-9]``.
        seq: number of the last applied commit, from 1; 0 before the first.
    """

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads ``<epoch>-<seq>``.

        Raises:
            ValueError: the text is not a position.
        """
        position = cls.try_parse(text)
        if position is None:
            raise ValueError(f"not a position (<epoch>-<seq>): {text[:40]!r}")
        return position

    @classmethod
    def try_parse(cls, text: str) -> Self | None:
        """As ``parse``, but None if the text is not a position."""
        match = _WIRE.fullmatch(text)
        return cls(match[1], int(match[2])) if match is not None else None

    def reaches(self, other: Self) -> bool:
        """True if a replica at this position holds all commits up to ``other``."""
        return self.epoch == other.epoch and self.seq >= other.seq
