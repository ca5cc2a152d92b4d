"""The input of the process that reads a file: one line of JSON, then the file."""

from typing import Self

import msgspec
from msgspec import Struct


class ImportRequest(Struct, frozen=True):
    """Arguments of ``read_file``, apart from the content."""

    zone: str
    now_ms: int
    organized: tuple[tuple[str, int], ...] = ()

    def encode(self, content: bytes) -> bytes:
        return msgspec.json.encode(self) + b"\n" + content

    @classmethod
    def decode(cls, received: bytes) -> tuple[Self, bytes]:
        head, _, content = received.partition(b"\n")
        return msgspec.json.decode(head, type=cls), content
