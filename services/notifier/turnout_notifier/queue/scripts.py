"""Runs the scripts of the queue.

They are scripts, not functions: the notifier needs no permission to install functions, with which it could replace
those that the writer runs (Valkey documentation, "Programmability", "ACL").
"""

from collections.abc import Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from turnout_core.journal.port import WriterFenced
from turnout_core.journal.unreachable import RaiseUnreachable


class Script:
    """A script of this folder."""

    def __init__(self, name: str) -> None:
        self._text = files("turnout_notifier").joinpath(f"queue/{name}.lua").read_text()
        self._digest = sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    async def run(self, valkey: Redis, keys: Sequence[str], args: Sequence[bytes | str | int]) -> Any:
        """Runs it, and installs it if the server does not have it. Raises WriterFenced, Unreachable."""
        with RaiseUnreachable():
            try:
                return await self._run(valkey, keys, args)
            except RedisError as error:
                code, _, fence = str(error).partition(" ")
                if code == "FENCED":
                    raise WriterFenced(f"the fence is now {fence}") from error
                raise

    async def _run(self, valkey: Redis, keys: Sequence[str], args: Sequence[bytes | str | int]) -> Any:
        operands: Any = (*keys, *args)
        try:
            return await valkey.evalsha(self._digest, len(keys), *operands)
        except NoScriptError:
            return await valkey.eval(self._text, len(keys), *operands)
