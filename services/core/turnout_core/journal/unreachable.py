"""Maps errors of redis-py to errors of the journal."""

from types import TracebackType

from redis.exceptions import RedisError

from turnout_core.journal.port import Unreachable


class RaiseUnreachable:
    """A context that raises ``Unreachable`` in place of any ``RedisError``."""

    __slots__ = ()

    def __enter__(self) -> None: ...

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, RedisError):
            raise Unreachable(str(error)) from error
