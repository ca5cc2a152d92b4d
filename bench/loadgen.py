"""The load generator, ``load.c``, and how to talk to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUILD = Path(__file__).parent / "build"
_ANSWER_TIMEOUT_S = 90


@dataclass(frozen=True)
class Report:
    """Deliveries to the clients since the last reset; times from commit to socket."""

    seconds: float
    deliveries: int
    frames: int
    bytes: int
    lost: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    cpu_share: float


class Load:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, line: str) -> dict[str, Any]:
        """Sends a command and waits for its answer. Raises RuntimeError when the program has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        answer = await asyncio.wait_for(self._process.stdout.readline(), _ANSWER_TIMEOUT_S)
        if not answer:
            raise RuntimeError("the load generator gave up (see above)")
        found: dict[str, Any] = json.loads(answer)
        return found

    async def report(self) -> Report:
        answer = await self.ask("report")
        return Report(**{name: answer[name] for name in Report.__dataclass_fields__})


@asynccontextmanager
async def load(arguments: Sequence[str]) -> AsyncIterator[Load]:
    process = await asyncio.create_subprocess_exec(
        BUILD / "load", *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Load(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
