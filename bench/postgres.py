"""Runs a PostgreSQL server for the comparison, as Debian installs it; it refuses to run as root."""

import asyncio
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

_ACCOUNT: Final = "nobody"
_START_TIMEOUT_S: Final = 30.0


def programs() -> Path | None:
    """The folder of the newest installed server's programs; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda each: int(each.parts[-3]))
    return found[-1].parent if found else None


@asynccontextmanager
async def running_postgres(folder: Path) -> AsyncIterator[str]:
    """Runs a server with ``synchronous_commit=on`` on a Unix socket. Yields its URL."""
    bin_folder = programs()
    if bin_folder is None:
        raise RuntimeError("PostgreSQL is not installed (Debian: postgresql)")
    home = Path(tempfile.mkdtemp(prefix="bench-pg-", dir=folder))
    as_account: list[str] = []
    if os.geteuid() == 0:
        account = pwd.getpwnam(_ACCOUNT)
        os.chown(home, account.pw_uid, account.pw_gid)
        os.chmod(folder, 0o755)  # noqa: PTH101 - a path of pathlib blocks no less
        as_account = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    data = home / "data"
    made = await _start(*as_account, bin_folder / "initdb", "-D", data, "-U", "bench", "-A", "trust", "--no-sync")
    if await made.wait():
        raise RuntimeError("initdb failed")
    settings = ("listen_addresses=", f"unix_socket_directories={home}", "synchronous_commit=on", "fsync=on")
    options = [part for setting in settings for part in ("-c", setting)]
    server = await _start(*as_account, bin_folder / "postgres", "-D", data, *options)
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            ready = bin_folder / "pg_isready"
            while await (await _start(ready, "-q", "-h", home)).wait():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        yield f"postgresql://bench@/postgres?host={home}"
    finally:
        server.send_signal(signal.SIGINT)  # ends its sessions, too
        await server.wait()
        shutil.rmtree(home, ignore_errors=True)


async def _start(*command: str | Path) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
