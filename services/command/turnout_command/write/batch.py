"""The records of one append, and the outcomes that wait for it."""

import asyncio
from typing import Final

import msgspec

from turnout_command.write.responses import StoredResponse
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection
from turnout_core.journal.port import Head

BATCH_MAX_RECORDS: Final = 512  # an append of this size blocks the server's other clients for about 3 ms
BATCH_MAX_BYTES: Final = 1 << 20


class Success(msgspec.Struct, frozen=True, gc=False):
    """The result of a command that took effect or of a read, or a stored response (``replayed``)."""

    position: Position
    response: StoredResponse
    replayed: bool = False


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """The rejection of a command or a read, decided on the state at ``position``."""

    position: Position
    rejection: Rejection


Outcome = Success | Refusal


class Batch:
    """Records of one append, and the futures to resolve after it.

    A batch without records only checks with the journal that this service is still the writer.
    """

    __slots__ = ("after", "bytes", "records", "waiters")

    def __init__(self, after: Head) -> None:
        self.after = after
        self.records: list[bytes] = []
        self.bytes = 0
        self.waiters: list[tuple[asyncio.Future[Outcome], Outcome]] = []

    def is_full(self) -> bool:
        return len(self.records) >= BATCH_MAX_RECORDS or self.bytes >= BATCH_MAX_BYTES
