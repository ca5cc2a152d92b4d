"""The embedded Valkey is started again, patiently but not for ever."""

import itertools
import signal
from pathlib import Path

import httpx
import psutil
import pytest
from turnout_process import Product, product
from waiting import until

from turnout.valkey.embedded import EmbeddedError
from turnout.valkey.supervisor import TRIES, keep


class Ended(Exception):
    """The story of a Script is over."""


class Script:
    """A server that comes up, or not, as it was told, and ends at once."""

    def __init__(self, *comes_up: bool) -> None:
        self._comes_up = iter(comes_up)
        self.pauses: list[float] = []

    async def start(self) -> None:
        for comes_up in self._comes_up:
            if not comes_up:
                raise EmbeddedError("Valkey stopped at its start: no luck")
            return
        raise Ended

    async def ended(self) -> str:
        return "it was killed"

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


async def test_it_gives_up_after_several_failures_in_a_row() -> None:
    script = Script(*[False] * (TRIES - 1), True, *[False] * TRIES)
    with pytest.raises(EmbeddedError, match=f"could not be started {TRIES} times in a row; .*: no luck"):
        await keep(script, script.pause)
    assert len(script.pauses) == 2 * TRIES


async def test_the_pauses_grow_to_a_bound() -> None:
    script = Script(*[True] * 20)
    with pytest.raises(Ended):
        await keep(script, script.pause)
    assert script.pauses[:3] == [0.1, 0.2, 0.4]
    assert all(before <= after <= 5 for before, after in itertools.pairwise(script.pauses))


def child(it: Product) -> psutil.Process:
    (valkey,) = psutil.Process(it.pid).children()
    return valkey


def sign_up(it: Product) -> tuple[str, dict[str, str]]:
    """The position of a new guest, and what to show to be them again."""
    answer = httpx.post(f"{it.url}/api/session", json={"name": "Ada"}, timeout=20).raise_for_status()
    return answer.headers["turnout-position"], {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def name(it: Product, cookie: dict[str, str]) -> str | None:
    user: dict[str, str] = httpx.get(f"{it.url}/api/session", headers=cookie).raise_for_status().json()["user"]
    return user["name"]


def gateway_has(it: Product, position: str) -> bool:
    answer = httpx.get(f"{it.url}/api/events", params={"when": "upcoming", "at_least": position})
    return answer.status_code == 200


async def test_a_valkey_that_was_killed_comes_back_with_all_that_was_acknowledged(tmp_path: Path) -> None:
    with product(tmp_path / "data") as it:
        _, cookie = sign_up(it)
        for _ in range(2):
            first = child(it)
            first.kill()
            await until(lambda gone=first: not gone.is_running() and it.ready(), 30)  # type: ignore[misc]
            assert name(it, cookie) == "Ada"
            position, _ = sign_up(it)
            assert gateway_has(it, position)
        last = child(it)
    told = it.log.read_text()
    assert told.count("Valkey ended and will be restarted: killed by SIGKILL; its log ends with: Ready to accept") == 2
    assert not last.is_running()


async def test_a_valkey_that_does_not_come_back_ends_the_product_with_one_sentence(tmp_path: Path) -> None:
    it = Product(tmp_path / "data").start()
    manifest = it.data / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("ruined\n")
    child(it).send_signal(signal.SIGKILL)
    await until(lambda: not it.running, 60)
    assert it.stop(0) == 1
    last = it.log.read_text().splitlines()[-1]
    assert last.startswith(f"turnout: Valkey could not be started {TRIES} times in a row; ")
    assert "manifest" in last
    assert it.log.read_text().count("cannot renew the lease") <= 4  # one for each way to refuse a connection
    assert "Traceback" not in it.log.read_text()


async def test_a_valkey_that_was_started_again_is_no_orphan_either(tmp_path: Path) -> None:
    it = Product(tmp_path / "data").start()
    first = child(it)
    first.kill()
    await until(lambda: not first.is_running() and it.ready(), 30)
    second = child(it)
    it.stop(signal.SIGKILL)
    assert psutil.wait_procs([second], timeout=20)[1] == []
