"""The limit of open files of this process. Each connection needs one."""

import resource
from typing import Final

from turnout_core.runtime.startup import CannotStart

FILES_MIN: Final = 128
"""A service does not start with fewer: `turnout up` has about 25 open before its first client."""

RESERVED_FILES: Final = 96
"""Files that a service needs beside its connections: to Valkey, and for up to 40 files of the site at a time."""

UNLIMITED: Final = 1 << 30
"""No limit, as a number to calculate with."""


def raise_open_files_limit() -> None:
    """Raises the soft limit, usually 1024, to the hard limit. Raises CannotStart if that is below ``FILES_MIN``."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)  # getrlimit(2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if open_files_limit() < FILES_MIN:
        raise CannotStart(
            f"at most {hard} files may be open, and at least {FILES_MIN} are needed: {how_to_raise(1024)}"
        )


def open_files_limit() -> int:
    """The number of files that this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return UNLIMITED if soft == resource.RLIM_INFINITY else soft


def how_to_raise(files: int) -> str:
    """The advice that allows this number of open files."""
    return f"raise the limit to {files} (ulimit -n, LimitNOFILE= of a systemd unit, ulimits of a container)"
