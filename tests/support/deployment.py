"""Runs the deployment of compose.yaml as a Compose project of its own for each test run."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from turnout_process import free_port

ROOT: Final = Path(__file__).parents[2]
_FILE: Final = ROOT / "compose.yaml"
_COMMAND_TIMEOUT_S: Final = 600.0  # a first build fetches every package


class DockerError(Exception):
    """A docker command failed. The message is its error output."""


def docker(*arguments: str, timeout_s: float = _COMMAND_TIMEOUT_S) -> str:
    """Runs the docker command line and returns its output. Raises DockerError."""
    return _run(["docker", *arguments], None, timeout_s)


def docker_problem() -> str | None:
    """Returns the reason why no Docker Engine with Compose is usable; None if one is."""
    try:
        docker("info", timeout_s=20)
        docker("compose", "version", timeout_s=20)
    except (DockerError, OSError, subprocess.TimeoutExpired) as error:
        return f"no Docker Engine with Compose answers: {str(error).strip().splitlines()[-1]}"
    return None


class Deployment:
    """One deployment.

    Attributes:
        project: name of the Compose project, and tag of its images.
        url: address of the edge.
        environment: settings, as in ``.env``.

    Args:
        override: a further file for Compose.
        images: a deployment that has built the images already; None if this one builds its own.
    """

    def __init__(
        self, secrets_folder: Path, *, override: Path | None = None, images: "Deployment | None" = None
    ) -> None:
        files = [_FILE, *([override] if override is not None else [])]
        named = [option for file in files for option in ("--file", str(file))]
        self._options = ("--project-directory", str(ROOT), *named, "--env-file", os.devnull)
        self.project = f"turnout-test-{secrets.token_hex(4)}"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            "COMPOSE_PROJECT_NAME": self.project,
            "TURNOUT_VERSION": images.project if images is not None else self.project,
            "TURNOUT_PORT": str(self.port),
            "TURNOUT_BIND": "127.0.0.1",
            "TURNOUT_LIMITS": "off",  # all clients of the tests have the address of Docker's bridge
            "TURNOUT_SECRETS": str(secrets_folder),
            "TURNOUT_SERVERS_NETWORK": f"10.{200 + secrets.randbelow(50)}.{secrets.randbelow(256)}",
        }

    def compose(self, *arguments: str) -> str:
        """Runs ``docker compose`` without the developer's ``.env``. Raises DockerError."""
        return _run(["docker", "compose", *self._options, *arguments], self.environment, _COMMAND_TIMEOUT_S)

    def run_operator(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Runs the ``turnout`` command as the operator, with the input ``stdin``. Returns its output."""
        done = subprocess.run(
            ["docker", "compose", *self._options, "run", "--rm", "--no-TTY", "operator", *arguments],
            input=stdin or b"",
            capture_output=True,
            timeout=_COMMAND_TIMEOUT_S,
            check=False,
            env={**os.environ, **self.environment},
        )
        if done.returncode != 0:
            raise DockerError(done.stderr.decode(errors="replace"))
        return done.stdout

    def up(self, *arguments: str) -> float:
        """Runs ``docker compose up``. Returns the seconds until all containers are healthy."""
        began = time.monotonic()
        self.compose("up", "--detach", "--wait", *arguments)
        return time.monotonic() - began

    def roll(self) -> None:
        """Applies changed settings with ``deploy/roll``, as docs/operations.md describes."""
        _run([str(ROOT / "deploy" / "roll"), *self._options], self.environment, _COMMAND_TIMEOUT_S)

    def remove(self) -> None:
        """Removes the containers, networks, volumes and images of this run."""
        self._down()
        image_ids = docker(
            "images", "--quiet", "--filter", f"label=org.opencontainers.image.version={self.project}"
        ).split()
        if image_ids:
            docker("rmi", "--force", *sorted(set(image_ids)))

    def _down(self, attempts: int = 5) -> None:
        profiles = ("--profile", "operator", "--profile", "observability")
        try:
            self.compose(*profiles, "down", "--volumes", "--remove-orphans", "--timeout", "1")
        except DockerError as error:
            # Docker forgets the endpoint of a container somewhat after the container, and keeps its network until then.
            if attempts == 1 or "has active endpoints" not in str(error):
                raise
            self._down(attempts - 1)

    def container(self, service: str, number: int = 1) -> str:
        return f"{self.project}-{service}-{number}"

    def containers(self, service: str = "") -> list[str]:
        """Names of the running containers."""
        return sorted(self.compose("ps", "--format", "{{.Name}}", *filter(None, [service])).split())

    def inspect(self, container: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = json.loads(docker("inspect", container))
        return found[0]

    def python(self, container: str, source: str, *arguments: str) -> str:
        """Runs Python ``source`` in a container of a service."""
        return docker("exec", container, "python", "-c", source, *arguments)

    def leader(self) -> str:
        """The container of the leader."""
        for service in ("command", "standby"):
            if self.is_ready(self.container(service)):
                return self.container(service)
        raise DockerError("no command service leads")

    def valkey_status(self) -> dict[str, Any]:
        """The leader's report on its Valkey, at most two seconds old. Raises DockerError without a leader."""
        found: dict[str, Any] | None = json.loads(self.python(self.leader(), _VALKEY_STATUS))
        if found is None:
            raise DockerError("Valkey does not answer")
        return found

    def primary(self) -> str:
        """The container of the Valkey to which the leader writes."""
        address = self.valkey_status()["primary"].rpartition(":")[0]
        for found in json.loads(docker("inspect", *self.containers())):
            if address in {each["IPAddress"] for each in found["NetworkSettings"]["Networks"].values()}:
                return str(found["Name"]).removeprefix("/")
        raise DockerError(f"no container has the address {address}")

    def wait_for_replicas(self, count: int, timeout_s: float = 60) -> None:
        """Waits until so many replicas follow the primary. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while True:
            with suppress(DockerError):
                if self.valkey_status()["replicas"] >= count:
                    return
            if time.monotonic() > deadline:
                raise TimeoutError(f"there are fewer than {count} replicas after {timeout_s} s")
            time.sleep(0.2)  # another process can only be polled

    def is_ready(self, container: str) -> bool:
        """True if a container's ``/readyz`` answers 200."""
        try:
            self.python(container, _READYZ)
        except DockerError:
            return False
        return True

    def wait_until_ready(self, container: str, timeout_s: float = 30) -> None:
        """Waits until a container is ready. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while not self.is_ready(container):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{container} is not ready after {timeout_s} s")
            time.sleep(0.1)  # another process can only be polled

    def wait_until_unready(self, container: str, timeout_s: float = 30) -> None:
        """Waits until a container is no longer ready. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while self.is_ready(container):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{container} is still ready after {timeout_s} s")
            time.sleep(0.1)  # see above


def image(service: str, project: str) -> str:
    return f"turnout/{service}:{project}"


_READYZ: Final = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=3)"
_VALKEY_STATUS: Final = """
import json, urllib.request
with urllib.request.urlopen("http://127.0.0.1:8000/readyz", timeout=3) as answer:
    print(json.dumps(json.load(answer)["valkey"]))
"""


def _run(command: Sequence[str], environment: dict[str, str] | None, timeout_s: float) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )
    if done.returncode != 0:
        raise DockerError(f"{' '.join(command)}: {done.stderr[-4000:] or done.stdout[-4000:]}")
    return done.stdout
