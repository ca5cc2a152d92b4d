"""Real-time order: a request that begins after an answer ended sees at least the same position."""

from collections.abc import Iterable, Iterator
from heapq import merge
from operator import attrgetter

import msgspec


class Span(msgspec.Struct, frozen=True):
    """An observation of ``seq``, at one moment between ``began`` and ``ended``.

    Attributes:
        is_effect: it is commit ``seq`` itself, so no observation of ``seq`` can end before it begins.
        label: name in messages.
    """

    began: float
    ended: float
    seq: int
    is_effect: bool
    label: str


class Inversion(msgspec.Struct, frozen=True):
    """``later`` began after ``earlier`` had ended, but shows a lower position."""

    earlier: Span
    later: Span

    def __str__(self) -> str:
        return (
            f"{self.earlier.label} had shown {self.earlier.seq} at {self.earlier.ended:.3f} s, and "
            f"{self.later.label}, begun at {self.later.began:.3f} s, "
            f"{'is' if self.later.is_effect else 'shows'} {self.later.seq}"
        )


def inversions(spans: Iterable[Span], constrained: Iterable[Span] | None = None) -> Iterator[Inversion]:
    """Finds spans that show a lower position than a span that had ended before.

    Args:
        spans: the observations.
        constrained: the spans to check; None for ``spans``.
    """
    spans = list(spans)
    begins = (
        (span.began, 1, span) for span in sorted(spans if constrained is None else constrained, key=attrgetter("began"))
    )
    ends = ((span.ended, 0, span) for span in sorted(spans, key=attrgetter("ended")))
    highest: Span | None = None
    for _, is_begin, span in merge(begins, ends, key=lambda each: each[:2]):
        if not is_begin:
            if highest is None or span.seq > highest.seq:
                highest = span
        elif highest is not None and span.seq < highest.seq + span.is_effect:
            yield Inversion(highest, span)
