"""Dumps the State of a command service on SIGUSR1, since no endpoint shows the State of a standby."""

import os
import signal
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from turnout_command.write.writer import Writer
from turnout_core.domain.state import State
from turnout_core.journal.snapshot import dump

STATE_FILE: Final = "CHAOS_STATE_FILE"
"""The environment variable with the path of the file for position and digest."""


def digest_of(state: State) -> str:
    """A digest of the bytes of the State's snapshot."""
    digest = blake2b(digest_size=16)
    for chunk in dump(state):
        digest.update(chunk)
    return digest.hexdigest()


def dump_state_on_signal() -> None:
    """Installs the dump in this process. The State must not change while the signal is handled."""
    writers: list[Writer] = []
    original_init = Writer.__init__

    def init_and_register(self: Writer, *args: Any, **kwargs: Any) -> None:
        original_init(self, *args, **kwargs)
        writers.append(self)

    Writer.__init__ = init_and_register  # type: ignore[method-assign] # a build for tests only
    signal.signal(signal.SIGUSR1, lambda *_: _write_dump(writers[-1], Path(os.environ[STATE_FILE])))


def _write_dump(writer: Writer, path: Path) -> None:
    state = writer._committer.state if writer._committer is not None else writer._follower.state
    text = f"{state.position} {digest_of(state)}" if state is not None else "nothing"
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text)
    unfinished.rename(path)
