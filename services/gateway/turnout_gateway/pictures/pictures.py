"""The pictures that a gateway has drawn, and those that it is drawing."""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

import msgspec

from turnout_core.domain.rejections import Unavailable
from turnout_gateway.pictures.facts import CardFacts
from turnout_gateway.pictures.worker_process import NotDrawn

_LOOK: Final = b"1"  # of the drawing: another number makes other entity tags
_FAILURES_REMEMBERED_S: Final = 30.0

log = logging.getLogger("turnout.pictures")


class Draws(Protocol):
    """Draws pictures, in the order of the calls."""

    async def draw(self, facts: CardFacts) -> bytes:
        """The picture as PNG. Raises NotDrawn."""
        ...

    async def close(self) -> None: ...


class Picture(NamedTuple):
    """A picture.

    Attributes:
        etag: its entity tag (RFC 9110 section 8.8.3).
        drawn_at_s: by the clock of ``Pictures``.
    """

    facts: CardFacts
    png: bytes
    etag: str
    drawn_at_s: float


class PictureLimits(NamedTuple):
    """Bounds of memory and CPU.

    Attributes:
        kept: pictures in memory; one has 15 to 60 KB.
        waiting: pictures that wait for the one process.
        interval_s: the shortest time between two pictures of one event. Meanwhile its last one is served.
    """

    kept: int = 256
    waiting: int = 8
    interval_s: float = 1.0


LIMITS: Final = PictureLimits()


class Pictures:
    """The last pictures of events. One process draws them one after another, so they cost at most one core."""

    def __init__(
        self, worker: Draws, limits: PictureLimits = LIMITS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._worker = worker
        self._limits = limits
        self._clock = clock
        self._last: OrderedDict[str, Picture] = OrderedDict()
        self._drawing: dict[str, asyncio.Task[Picture]] = {}
        self._failed_at_s: dict[CardFacts, float] = {}

    async def picture(self, event: str, facts: CardFacts) -> Picture:
        """The picture of an event with these facts; under load an earlier one of the same event.

        Raises:
            Unavailable: too many pictures wait, or this one cannot be drawn.
        """
        last = self._last.get(event)
        if last is not None:
            self._last.move_to_end(event)
            if last.facts == facts or self._clock() - last.drawn_at_s < self._limits.interval_s:
                return last
        drawing = self._drawing.get(event)
        if drawing is None:
            if len(self._drawing) >= self._limits.waiting or self._has_failed(facts):
                if last is not None:
                    return last
                raise Unavailable("Too many pictures are being drawn. Try again in a moment.")
            drawing = self._drawing[event] = asyncio.create_task(self._draw(event, facts))
            drawing.add_done_callback(lambda _: self._drawing.pop(event, None))
        elif last is not None:
            return last
        try:
            return await asyncio.shield(drawing)
        except NotDrawn:
            if last is not None:
                return last
            raise Unavailable("The picture cannot be drawn now. Try again in a moment.") from None

    def forget(self, event: str) -> None:
        """Forgets the pictures of an event that not everyone may see any more."""
        self._last.pop(event, None)

    async def close(self) -> None:
        """Cancels what is being drawn, and closes the worker."""
        drawing = list(self._drawing.values())
        for task in drawing:
            task.cancel()
        await asyncio.gather(*drawing, return_exceptions=True)
        await self._worker.close()

    async def _draw(self, event: str, facts: CardFacts) -> Picture:
        try:
            png = await self._worker.draw(facts)
        except NotDrawn as error:
            log.warning("the picture of event %s was not drawn: %s", event, error)
            self._failed_at_s[facts] = self._clock()
            raise
        picture = Picture(facts, png, _etag(facts), self._clock())
        self._last[event] = picture
        self._last.move_to_end(event)
        while len(self._last) > self._limits.kept:
            self._last.popitem(last=False)
        return picture

    def _has_failed(self, facts: CardFacts) -> bool:
        """True if these facts could not be drawn a moment ago. To try again may cost a restart of the process."""
        now_s = self._clock()
        while self._failed_at_s and now_s - next(iter(self._failed_at_s.values())) > _FAILURES_REMEMBERED_S:
            del self._failed_at_s[next(iter(self._failed_at_s))]
        return facts in self._failed_at_s


def _etag(facts: CardFacts) -> str:
    return f'"{hashlib.sha256(_LOOK + msgspec.json.encode(facts)).hexdigest()[:24]}"'
