"""The deployments under attack: `turnout up`, and the containers of compose.yaml."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deployment import Deployment
from turnout_process import TurnoutProcess

from hostile.processes import Processes

TESTS: Final = Path(__file__).parents[1]
_PEOPLE: Final = "127.0.0.2"
_ATTACKERS: Final = tuple(f"127.0.1.{number}" for number in range(1, 9))
# Loopback addresses play strangers here, so they must not be trusted proxies, whose connections have no limit.
_NO_PROXY: Final = {"TURNOUT_TRUSTED_PROXIES": "192.0.2.1/32"}


@dataclass(frozen=True)
class Deployed:
    """A running deployment.

    Attributes:
        url: for people.
        source: address from which people connect; None for that of this machine.
        attackers: command line of the attackers' process, without their options.
    """

    title: str
    url: str
    source: str | None
    processes: Processes
    attackers: Sequence[str]


@contextmanager
def turnout_up(folder: Path) -> Iterator[Deployed]:
    """Runs `turnout up` with its data in ``folder``."""
    turnout = TurnoutProcess(folder / "data", env=_NO_PROXY).start()
    try:
        yield Deployed(
            "turnout up",
            f"http://127.0.0.1:{turnout.port}",
            _PEOPLE,
            Processes({"turnout up": turnout.pid}),
            (
                sys.executable,
                "-m",
                "hostile.attackers",
                "127.0.0.1",
                str(turnout.port),
                "--sources",
                ",".join(_ATTACKERS),
            ),
        )
    finally:
        turnout.end()


@contextmanager
def containers(folder: Path) -> Iterator[Deployed]:
    """Builds and runs the deployment of compose.yaml, with no given secrets in ``folder``.

    The attackers are a container in the network of the edge, so they have another address than the people, who come
    through the published port. The Engine has to run on this machine, since the memory is read from its processes.
    """
    folder.chmod(0o755)
    deployment = Deployment(folder)
    try:
        deployment.compose("--profile", "operator", "build")
        deployment.up()
        running = deployment.containers()
        roots = {
            name.removeprefix(f"{deployment.project}-"): deployment.inspect(name)["State"]["Pid"] for name in running
        }
        yield Deployed(
            "the containers of compose.yaml",
            f"http://127.0.0.1:{deployment.port}",
            None,
            Processes(roots),
            (
                *("docker", "run", "--rm", "--network", f"{deployment.project}_front", "--ulimit", "nofile=8192"),
                *("--volume", f"{TESTS / 'hostile'}:/tests/hostile:ro", "--workdir", "/tests"),
                *("--entrypoint", "python", f"turnout/operator:{deployment.project}"),
                *("-m", "hostile.attackers", "edge", "8080"),
            ),
        )
    finally:
        deployment.remove()
