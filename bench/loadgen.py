"""Starts and controls the load generator ``load.c``."""

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
    """The deliveries to the clients since the last reset. Times are from the commit to the read from the socket."""

    seconds: float
    deliveries: int
    frames: int
    bytes: int
    lost: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    cpu_share: float


class LoadGenerator:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def send_command(self, line: str) -> dict[str, Any]:
        """Sends a command and waits for its reply. Raises RuntimeError if the program has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        reply = await asyncio.wait_for(self._process.stdout.readline(), _ANSWER_TIMEOUT_S)
        if not reply:
            raise RuntimeError("the load generator has ended; its error is on stderr")
        content: dict[str, Any] = json.loads(reply)
        return content

    async def report(self) -> Report:
        reply = await self.send_command("report")
        return Report(**{name: reply[name] for name in Report.__dataclass_fields__})


@asynccontextmanager
async def running_load_generator(arguments: Sequence[str]) -> AsyncIterator[LoadGenerator]:
    process = await asyncio.create_subprocess_exec(
        BUILD / "load", *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield LoadGenerator(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
