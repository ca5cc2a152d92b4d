"""Commands that an operator on the machine hands to the leading service, by way of the Valkey that both use.

No further secret is needed: a program that may write to that Valkey could do all of this anyway, and gateways may only
read it. A request expires, so that none is carried out long after its author gave up.
"""

from typing import Annotated, Any, Final

import msgspec
from pydantic import Field, TypeAdapter
from redis.asyncio import Redis

from turnout_core.domain.moderation_commands import OperatorCommand
from turnout_core.journal.keys import Keys
from turnout_core.journal.unreachable import RaiseUnreachable

REQUEST_LIFETIME_S: Final = 15
_REPLY_LIFETIME_S: Final = 60

_COMMANDS: Final[TypeAdapter[OperatorCommand]] = TypeAdapter(Annotated[OperatorCommand, Field(discriminator="type")])


class OperatorRequest(msgspec.Struct, frozen=True):
    """A command as JSON, and the random id under which its reply is expected."""

    id: str
    command: str

    @classmethod
    def of(cls, request_id: str, command: OperatorCommand) -> "OperatorRequest":
        return cls(request_id, command.model_dump_json())

    def parse(self) -> OperatorCommand:
        """The command. Raises ValueError if a service of another version wrote it."""
        return _COMMANDS.validate_json(self.command)


class OperatorReply(msgspec.Struct, frozen=True):
    """``refusal`` is the sentence of a rejection; empty if the command took effect, durably."""

    refusal: str = ""


class OperatorRequests:
    """The requests and replies in one Valkey. All methods raise Unreachable."""

    def __init__(self, valkey: Redis, keys: Keys) -> None:
        self._valkey = valkey
        self._keys = keys

    async def put(self, request: OperatorRequest) -> None:
        with RaiseUnreachable():
            async with self._valkey.pipeline(transaction=True) as both:
                both.rpush(self._keys.operator, msgspec.json.encode(request))
                both.expire(self._keys.operator, REQUEST_LIFETIME_S)
                await both.execute()

    async def withdraw(self, request: OperatorRequest) -> bool:
        """Removes a request that nobody has taken. False if it was taken, or has expired."""
        with RaiseUnreachable():
            removed: int = await self._valkey.lrem(self._keys.operator, 1, msgspec.json.encode(request).decode())
        return removed > 0

    async def take(self) -> OperatorRequest | None:
        """Removes and returns the oldest request; None without one."""
        with RaiseUnreachable():
            found: Any = await self._valkey.lpop(self._keys.operator)
        return msgspec.json.decode(found, type=OperatorRequest) if found is not None else None

    async def reply(self, request: OperatorRequest, reply: OperatorReply) -> None:
        key = self._keys.operator_reply(request.id)
        with RaiseUnreachable():
            async with self._valkey.pipeline(transaction=True) as both:
                both.rpush(key, msgspec.json.encode(reply))
                both.expire(key, _REPLY_LIFETIME_S)
                await both.execute()

    async def wait_for_reply(self, request: OperatorRequest, timeout_s: float) -> OperatorReply | None:
        """The reply; None if none comes within ``timeout_s`` seconds."""
        with RaiseUnreachable():
            found: Any = await self._valkey.blpop([self._keys.operator_reply(request.id)], timeout=timeout_s)
        return msgspec.json.decode(found[1], type=OperatorReply) if found is not None else None
