"""Facts that the notifier hands to the leading service, which commits them: something is gone to which it sends.

They have a list of their own, and the notifier may write no other: it cannot act as an operator. A fact stays in the
list until it is committed. To commit one again changes nothing.
"""

from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter
from redis.asyncio import Redis

from turnout_core.domain.choice_commands import ForgetPush, ReportBounce
from turnout_core.domain.host_commands import ForgetWebhook
from turnout_core.journal.keys import NotifierKeys
from turnout_core.journal.unreachable import RaiseUnreachable

NotifierCommand = ForgetPush | ForgetWebhook | ReportBounce

_COMMANDS: Final[TypeAdapter[NotifierCommand]] = TypeAdapter(Annotated[NotifierCommand, Field(discriminator="type")])
_REQUESTS_MAX: Final = 10_000  # about 1.5 MB; the oldest go, and their facts are found anew


class NotifierRequests:
    """The requests in one Valkey. All methods raise Unreachable."""

    def __init__(self, valkey: Redis, keys: NotifierKeys) -> None:
        self._valkey = valkey
        self._key = keys.requests

    async def put(self, command: NotifierCommand) -> None:
        """Adds a request."""
        with RaiseUnreachable():
            async with self._valkey.pipeline(transaction=True) as both:
                both.rpush(self._key, command.model_dump_json())
                both.ltrim(self._key, -_REQUESTS_MAX, -1)
                await both.execute()

    async def first(self) -> bytes | None:
        """The oldest request, which stays; None without one."""
        with RaiseUnreachable():
            found: Any = await self._valkey.lindex(self._key, 0)
        return found if isinstance(found, bytes) else None

    async def remove(self, request: bytes) -> None:
        """Removes a request that is carried out."""
        with RaiseUnreachable():
            await self._valkey.lrem(self._key, 1, request.decode())


def parse_request(request: bytes) -> NotifierCommand:
    """The command. Raises ValueError if a notifier of another version wrote it."""
    return _COMMANDS.validate_json(request)
