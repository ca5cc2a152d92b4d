"""Waits for positions of the journal."""

import asyncio

from turnout_core.domain.position import Position


class PositionWaiters:
    """Futures that are resolved when a replica reaches their position."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Position, asyncio.Future[None]]] = []

    async def wait(self, position: Position, timeout_s: float) -> bool:
        """Waits for ``position``; False if it is not reached within ``timeout_s`` seconds."""
        reached = asyncio.get_running_loop().create_future()
        entry = (position, reached)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(timeout_s):  # wait_for of Python 3.11 may swallow a cancellation
                await reached
        except TimeoutError:
            return False
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
        return True

    def resolve(self, here: Position) -> None:
        """Resolves the futures of all positions up to ``here``."""
        for position, reached in self._waiting:
            if here.reaches(position) and not reached.done():
                reached.set_result(None)
