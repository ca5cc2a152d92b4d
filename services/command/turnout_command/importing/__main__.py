"""Reads a file in a process of its own, so that it holds up no command: ``python -m turnout_command.importing``.

Standard input has what ``ImportRequest.encode`` returns; standard output gets the ``ImportResult`` as JSON. The kernel
ends the process when it has used up its CPU time, or when its parent ends.
"""

import os
import resource
import signal
import sys
from typing import Final

import msgspec

from turnout_command.importing.read_file import read_file
from turnout_command.importing.request import ImportRequest
from turnout_core.runtime.parent import end_with_parent

_CPU_MAX_S: Final = 12
_MEMORY_MAX_BYTES: Final = 512 * 1024 * 1024
_NICENESS: Final = 10  # commands come first


def main() -> None:
    end_with_parent(signal.SIGKILL)
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_MAX_S, _CPU_MAX_S))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_MAX_BYTES, _MEMORY_MAX_BYTES))
    request, content = ImportRequest.decode(sys.stdin.buffer.read())
    result = read_file(content, request.zone, request.now_ms, frozenset(request.organized))
    sys.stdout.buffer.write(msgspec.json.encode(result))


if __name__ == "__main__":
    main()
