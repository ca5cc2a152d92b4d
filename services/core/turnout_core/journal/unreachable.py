"""Maps errors of redis-py, and the refusals of ``journal.lua``, to errors of the journal."""

from types import TracebackType
from typing import Final

from redis.exceptions import RedisError

from turnout_core.journal.format import NewerFormat
from turnout_core.journal.port import Unreachable

_NEWER: Final = "NEWER "


class RaiseUnreachable:
    """A context that raises ``NewerFormat`` or ``Unreachable`` in place of any ``RedisError``."""

    __slots__ = ()

    def __enter__(self) -> None: ...

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, RedisError):
            reply = str(error)
            if reply.startswith(_NEWER):
                raise NewerFormat("the journal", int(reply.removeprefix(_NEWER))) from error
            raise Unreachable(reply) from error
