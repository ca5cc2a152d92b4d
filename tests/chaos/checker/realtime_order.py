"""Real-time order: a request that begins after an answer ended sees at least the same position."""

from collections.abc import Iterable, Iterator
from heapq import merge
from operator import attrgetter

import msgspec


class Span(msgspec.Struct, frozen=True):
    """Something that happened at one moment between ``began`` and ``ended``, and was told as ``seq``.

    Attributes:
        new: it is commit ``seq`` itself, so nobody can have seen it before it began.
        about: what to say of it.
    """

    began: float
    ended: float
    seq: int
    new: bool
    about: str


class Inversion(msgspec.Struct, frozen=True):
    """``later`` began after ``earlier`` had ended, and shows less."""

    earlier: Span
    later: Span

    def __str__(self) -> str:
        return (
            f"{self.earlier.about} had told of {self.earlier.seq} at {self.earlier.ended:.3f} s, and "
            f"{self.later.about}, begun at {self.later.began:.3f} s, "
            f"{'is' if self.later.new else 'shows'} {self.later.seq}"
        )


def inversions(spans: Iterable[Span], bound: Iterable[Span] | None = None) -> Iterator[Inversion]:
    """
    Args:
        spans: tell what is there.
        bound: what has to respect it; ``spans`` themselves where not given.
    """
    spans = list(spans)
    begins = ((span.began, 1, span) for span in sorted(spans if bound is None else bound, key=attrgetter("began")))
    ends = ((span.ended, 0, span) for span in sorted(spans, key=attrgetter("ended")))
    highest: Span | None = None
    for _, is_begin, span in merge(begins, ends, key=lambda each: each[:2]):
        if not is_begin:
            if highest is None or span.seq > highest.seq:
                highest = span
        elif highest is not None and span.seq < highest.seq + span.new:
            yield Inversion(highest, span)
