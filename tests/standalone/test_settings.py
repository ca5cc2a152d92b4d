"""Each program reports an invalid setting in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from turnout_process import TurnoutProcess, free_port

from turnout.valkey.embedded import embedded_valkey

_NO_ADDRESS = (
    "must be the URL of a Valkey, such as redis://host:6379, unix:///path, redis+sentinel://host:26379,host:26379/name "
    "or redis+cluster://host:6379,host:6379"
)
_NO_REPLICAS = "needs a TURNOUT_VALKEY of redis+sentinel:// or redis+cluster://, which knows the replicas"
_NO_ORIGINS = "must be origins such as https://events.example, without a path and with the name in ASCII (xn--…), or *"
_LEVELS = "must be debug, info, warning or error"
_GREATER = "must be more than 0"
_NO_INTEGER = "must be a whole number"


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["up"], {"TURNOUT_LINKS": "abc"}, f"turnout: TURNOUT_LINKS is not valid ('abc'): {_NO_INTEGER}"),
        (["up"], {"TURNOUT_LEASE_S": "0"}, f"turnout: TURNOUT_LEASE_S is not valid ('0'): {_GREATER}"),
        (
            ["up"],
            {"TURNOUT_ORIGINS": "events.example"},
            f"turnout: TURNOUT_ORIGINS is not valid ('events.example'): {_NO_ORIGINS}",
        ),
        (
            ["up"],
            {"TURNOUT_SECRET_FILE": "/nope"},
            "turnout: the secret /nope cannot be read: No such file or directory",
        ),
        (
            ["up", "--valkey-file", "/nope"],
            {},
            "turnout: the secret /nope cannot be read: No such file or directory",
        ),
        (["up", "--valkey", "nonsense"], {}, f"turnout: TURNOUT_VALKEY is not valid: {_NO_ADDRESS}"),
        (
            ["command"],
            {"TURNOUT_LOG_LEVEL": "loud"},
            f"turnout-command: TURNOUT_LOG_LEVEL is not valid ('loud'): {_LEVELS}",
        ),
        (
            ["command", "--valkey", "redis://me:secret/word@here"],
            {},
            f"turnout-command: TURNOUT_VALKEY is not valid: {_NO_ADDRESS}",
        ),
        (
            ["gateway", "--valkey", "nonsense"],
            {},
            f"turnout-gateway: TURNOUT_VALKEY is not valid: {_NO_ADDRESS}",
        ),
        (
            ["gateway", "--valkey", "redis://me:secret@here"],
            {"TURNOUT_READ_FROM": "replica"},
            f"turnout-gateway: TURNOUT_READ_FROM=replica {_NO_REPLICAS}",
        ),
    ],
)
def test_an_invalid_setting_is_reported_in_one_line(
    arguments: list[str], environment: dict[str, str], expected: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "turnout", *arguments, "--port", str(free_port())],
        env={**os.environ, "TURNOUT_DATA": str(tmp_path / "data"), **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr, (tmp_path / "data").exists()) == (1, f"{expected}\n", False)


def test_an_operation_reports_an_invalid_address_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "turnout", "journal", "verify", "--valkey", "nonsense"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, f"the URL in --valkey or TURNOUT_VALKEY is {_NO_ADDRESS}\n")


async def test_a_file_with_the_address_prevents_the_start_of_an_embedded_valkey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with embedded_valkey(tmp_path / "other") as url:
        (tmp_path / "address").write_text(f"{url}\n")
        monkeypatch.setenv("TURNOUT_VALKEY_FILE", str(tmp_path / "address"))
        turnout = TurnoutProcess(tmp_path / "data").start()
        try:
            assert not (tmp_path / "data").exists()
        finally:
            turnout.end()
