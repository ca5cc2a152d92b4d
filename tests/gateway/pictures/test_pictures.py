"""The pictures that a gateway stores, and those that it serves while it draws others."""

import asyncio

import pytest
from card_facts import facts

from turnout_core.domain.rejections import Unavailable
from turnout_gateway.pictures.facts import CardFacts
from turnout_gateway.pictures.pictures import PictureLimits, Pictures
from turnout_gateway.pictures.worker_process import NotDrawn


class HeldWorker:
    """Draws the number of people going, when it is released.

    Attributes:
        drawn: the facts so far.
    """

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.released.set()
        self.is_broken = False
        self.drawn: list[CardFacts] = []

    async def draw(self, facts: CardFacts) -> bytes:
        await self.released.wait()
        self.drawn.append(facts)
        if self.is_broken:
            raise NotDrawn("broken")
        return str(facts.going).encode()

    async def close(self) -> None:
        pass


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def worker() -> HeldWorker:
    return HeldWorker()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pictures(worker: HeldWorker, clock: Clock) -> Pictures:
    return Pictures(worker, PictureLimits(kept=2, waiting=2, interval_s=1), clock)


async def test_equal_facts_are_drawn_once(pictures: Pictures, worker: HeldWorker) -> None:
    first, second = await asyncio.gather(pictures.picture("a", facts()), pictures.picture("a", facts()))
    assert first is second
    assert (await pictures.picture("a", facts())).etag == first.etag
    assert len(worker.drawn) == 1


async def test_a_change_is_drawn_at_most_once_a_second(pictures: Pictures, worker: HeldWorker, clock: Clock) -> None:
    first = await pictures.picture("a", facts(going=1))
    assert await pictures.picture("a", facts(going=2)) is first
    clock.now_s += 1
    third = await pictures.picture("a", facts(going=3))
    assert (third.png, third.etag != first.etag) == (b"3", True)
    assert [each.going for each in worker.drawn] == [1, 3]


async def test_while_an_event_is_drawn_again_its_last_picture_is_served(
    pictures: Pictures, worker: HeldWorker, clock: Clock
) -> None:
    first = await pictures.picture("a", facts(going=1))
    clock.now_s += 1
    worker.released.clear()
    drawing = asyncio.create_task(pictures.picture("a", facts(going=2)))
    await asyncio.sleep(0)
    assert await pictures.picture("a", facts(going=3)) is first
    worker.released.set()
    assert (await drawing).png == b"2"


async def test_too_many_pictures_at_once_are_refused(pictures: Pictures, worker: HeldWorker) -> None:
    worker.released.clear()
    drawing = [asyncio.create_task(pictures.picture(each, facts())) for each in "ab"]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refusal:
        await pictures.picture("c", facts())
    assert refusal.value.retry_after_s == 1
    worker.released.set()
    await asyncio.gather(*drawing)
    await pictures.picture("c", facts())


async def test_the_least_recently_read_picture_is_forgotten(pictures: Pictures, worker: HeldWorker) -> None:
    for event in "abac":
        await pictures.picture(event, facts())
    await pictures.picture("a", facts())
    assert len(worker.drawn) == 3
    await pictures.picture("b", facts())
    assert len(worker.drawn) == 4


async def test_a_reader_that_goes_away_does_not_cancel_the_picture_of_others(
    pictures: Pictures, worker: HeldWorker
) -> None:
    worker.released.clear()
    readers = [asyncio.create_task(pictures.picture("a", facts())) for _ in range(2)]
    await asyncio.sleep(0)
    readers[0].cancel()
    worker.released.set()
    assert (await readers[1]).png == b"17"


async def test_a_picture_that_failed_is_not_tried_again_at_once(
    pictures: Pictures, worker: HeldWorker, clock: Clock
) -> None:
    worker.is_broken = True
    for _ in range(2):
        with pytest.raises(Unavailable):
            await pictures.picture("a", facts())
    assert len(worker.drawn) == 1
    worker.is_broken = False
    clock.now_s += 31
    assert (await pictures.picture("a", facts())).png == b"17"
    worker.is_broken = True
    clock.now_s += 31
    assert (await pictures.picture("a", facts(going=18))).png == b"17"


async def test_the_picture_of_a_withdrawn_event_is_forgotten(pictures: Pictures, worker: HeldWorker) -> None:
    await pictures.picture("a", facts())
    pictures.forget("a")
    await pictures.picture("a", facts(going=2))
    assert [each.going for each in worker.drawn] == [17, 2]
