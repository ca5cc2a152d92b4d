"""The embedded Valkey is restarted after each end, a limited number of times."""

import itertools
import signal
from pathlib import Path

import httpx
import psutil
import pytest
from turnout_process import TurnoutProcess, running_turnout
from waiting import until

from turnout.valkey.embedded import EmbeddedError
from turnout.valkey.supervisor import START_ATTEMPTS, supervise


class ScriptExhausted(Exception):
    """A ScriptedServer was started more often than planned."""


class ScriptedServer:
    """A server whose starts succeed or fail as planned. It ends at once after each start."""

    def __init__(self, *outcomes: bool) -> None:
        self._starts = iter(outcomes)
        self.pauses: list[float] = []

    async def start(self) -> None:
        for succeeds in self._starts:
            if not succeeds:
                raise EmbeddedError("Valkey stopped at its start: no luck")
            return
        raise ScriptExhausted

    async def wait_until_ended(self) -> str:
        return "it was killed"

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


async def test_supervise_gives_up_after_several_failed_starts_in_a_row() -> None:
    server = ScriptedServer(*[False] * (START_ATTEMPTS - 1), True, *[False] * START_ATTEMPTS)
    with pytest.raises(EmbeddedError, match=f"could not be started {START_ATTEMPTS} times in a row; .*: no luck"):
        await supervise(server, server.pause)
    assert len(server.pauses) == 2 * START_ATTEMPTS


async def test_the_pauses_grow_up_to_a_limit() -> None:
    server = ScriptedServer(*[True] * 20)
    with pytest.raises(ScriptExhausted):
        await supervise(server, server.pause)
    assert server.pauses[:3] == [0.1, 0.2, 0.4]
    assert all(before <= after <= 5 for before, after in itertools.pairwise(server.pauses))


def valkey_process(turnout: TurnoutProcess) -> psutil.Process:
    (valkey,) = psutil.Process(turnout.pid).children()
    return valkey


def sign_up(turnout: TurnoutProcess) -> tuple[str, dict[str, str]]:
    """Signs up a new guest. Returns the position and the cookie of their session."""
    response = httpx.post(f"{turnout.url}/api/session", json={"name": "Ada"}, timeout=20).raise_for_status()
    return response.headers["turnout-position"], {"Cookie": response.headers["set-cookie"].partition(";")[0]}


def name(turnout: TurnoutProcess, cookie: dict[str, str]) -> str | None:
    user: dict[str, str] = httpx.get(f"{turnout.url}/api/session", headers=cookie).raise_for_status().json()["user"]
    return user["name"]


def gateway_has_reached(turnout: TurnoutProcess, position: str) -> bool:
    response = httpx.get(f"{turnout.url}/api/events", params={"when": "upcoming", "at_least": position})
    return response.status_code == 200


async def test_a_killed_valkey_is_restarted_with_all_acknowledged_commands(tmp_path: Path) -> None:
    with running_turnout(tmp_path / "data") as turnout:
        _, cookie = sign_up(turnout)
        for _ in range(2):
            first_valkey = valkey_process(turnout)
            first_valkey.kill()
            await until(lambda gone=first_valkey: not gone.is_running() and turnout.is_ready(), 30)  # type: ignore[misc]
            assert name(turnout, cookie) == "Ada"
            position, _ = sign_up(turnout)
            assert gateway_has_reached(turnout, position)
        last_valkey = valkey_process(turnout)
    log = turnout.log.read_text()
    assert log.count("Valkey ended and will be restarted: killed by SIGKILL; its log ends with: Ready to accept") == 2
    assert not last_valkey.is_running()


async def test_a_valkey_that_cannot_be_restarted_ends_the_product_with_one_line(tmp_path: Path) -> None:
    turnout = TurnoutProcess(tmp_path / "data").start()
    manifest = turnout.data / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("ruined\n")
    valkey_process(turnout).send_signal(signal.SIGKILL)
    await until(lambda: not turnout.is_running, 60)
    assert turnout.stop(0) == 1
    last_line = turnout.log.read_text().splitlines()[-1]
    assert last_line.startswith(f"turnout: Valkey could not be started {START_ATTEMPTS} times in a row; ")
    assert "manifest" in last_line
    # One line for each way to refuse a connection.
    assert turnout.log.read_text().count("the lease could not be renewed") <= 4
    assert "Traceback" not in turnout.log.read_text()


async def test_a_restarted_valkey_ends_with_its_parent(tmp_path: Path) -> None:
    turnout = TurnoutProcess(tmp_path / "data").start()
    first_valkey = valkey_process(turnout)
    first_valkey.kill()
    await until(lambda: not first_valkey.is_running() and turnout.is_ready(), 30)
    second_valkey = valkey_process(turnout)
    turnout.stop(signal.SIGKILL)
    assert psutil.wait_procs([second_valkey], timeout=20)[1] == []
