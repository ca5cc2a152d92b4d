"""Notes what the follower applies, until the planner takes it."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import Commit
from turnout_core.domain.state import State


class News(NamedTuple):
    """The changes since the planner looked last.

    Attributes:
        users: whose inbox has changed.
        is_replaced: True if the follower started over, so that nothing is known about what happened.
    """

    users: set[str]
    commits: list[Commit]
    is_replaced: bool


class CommitFeed:
    """Satisfies ``Listener``. It notes nothing before ``open`` and after ``close``."""

    def __init__(self) -> None:
        self._is_open = False
        self._news = News(set(), [], is_replaced=False)
        self._arrived = asyncio.Event()

    def open(self) -> None:
        """Notes everything from now on."""
        self._is_open = True
        self._news = News(set(), [], is_replaced=False)
        self._arrived.clear()

    def close(self) -> None:
        self._is_open = False
        self._news = News(set(), [], is_replaced=False)

    def take(self) -> News:
        """The changes since the last call."""
        news, self._news = self._news, News(set(), [], is_replaced=False)
        self._arrived.clear()
        return news

    async def wait(self, timeout_s: float | None) -> bool:
        """Waits until something has happened; False if nothing does within ``timeout_s`` seconds."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._arrived.wait()
        except TimeoutError:
            return False
        return True

    def on_snapshot(self, _: State) -> None:
        if self._is_open:
            self._news = News(set(), [], is_replaced=True)
            self._arrived.set()

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None:
        if self._is_open:
            for commit, affected in commits:
                self._news.users.update(affected.inboxes)
                self._news.commits.append(commit)
            self._arrived.set()

    async def wait_until_ready(self) -> None: ...
