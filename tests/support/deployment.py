"""The deployment of compose.yaml, as a platform team runs it: a project of its own for each test run."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from turnout_process import free_port

ROOT: Final = Path(__file__).parents[2]
_OPTIONS: Final = ("--project-directory", str(ROOT), "--file", str(ROOT / "compose.yaml"), "--env-file", os.devnull)
_COMMAND_TIMEOUT_S: Final = 600.0  # a first build fetches every package


class DockerError(Exception):
    """A docker command failed; ``str`` is what it complained about."""


def docker(*arguments: str, timeout_s: float = _COMMAND_TIMEOUT_S) -> str:
    """Runs the docker command line; gives what it printed. Raises DockerError."""
    return _run(["docker", *arguments], None, timeout_s)


def docker_trouble() -> str | None:
    """Why no Docker Engine with Compose can be used here; None when one can."""
    try:
        docker("info", timeout_s=20)
        docker("compose", "version", timeout_s=20)
    except (DockerError, OSError, subprocess.TimeoutExpired) as error:
        return f"no Docker Engine with Compose answers: {str(error).strip().splitlines()[-1]}"
    return None


class Deployment:
    """
    Attributes:
        project: name of the Compose project, and tag of its images.
        url: what the edge publishes.
        environment: settings, as in ``.env``.
    """

    def __init__(self, given_secrets: Path) -> None:
        self.project = f"turnout-test-{secrets.token_hex(4)}"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            "COMPOSE_PROJECT_NAME": self.project,
            "TURNOUT_VERSION": self.project,
            "TURNOUT_PORT": str(self.port),
            "TURNOUT_BIND": "127.0.0.1",
            "TURNOUT_SECRETS": str(given_secrets),
        }

    def compose(self, *arguments: str) -> str:
        """Runs ``docker compose``, deaf to whatever ``.env`` the developer has. Raises DockerError."""
        return _run(["docker", "compose", *_OPTIONS, *arguments], self.environment, _COMMAND_TIMEOUT_S)

    def operate(self, *arguments: str, given: bytes | None = None) -> bytes:
        """Runs the ``turnout`` command as the operator; ``given`` is its input, its output is given back."""
        done = subprocess.run(
            ["docker", "compose", *_OPTIONS, "run", "--rm", "--no-TTY", "operator", *arguments],
            input=given or b"",
            capture_output=True,
            timeout=_COMMAND_TIMEOUT_S,
            check=False,
            env={**os.environ, **self.environment},
        )
        if done.returncode != 0:
            raise DockerError(done.stderr.decode(errors="replace"))
        return done.stdout

    def up(self, *arguments: str) -> float:
        """``docker compose up``; gives the seconds until everything was healthy."""
        began = time.monotonic()
        self.compose("up", "--detach", "--wait", *arguments)
        return time.monotonic() - began

    def roll(self) -> None:
        """Brings changed settings in, as docs/operations.md tells."""
        _run([str(ROOT / "deploy" / "roll"), *_OPTIONS], self.environment, _COMMAND_TIMEOUT_S)

    def remove(self) -> None:
        """Takes down everything that this run made: containers, networks, volumes, images."""
        profiles = ("--profile", "operator", "--profile", "observability")
        self.compose(*profiles, "down", "--volumes", "--remove-orphans", "--timeout", "1")
        made = docker("images", "--quiet", "--filter", f"label=org.opencontainers.image.version={self.project}").split()
        if made:
            docker("rmi", "--force", *sorted(set(made)))

    def container(self, service: str, number: int = 1) -> str:
        return f"{self.project}-{service}-{number}"

    def containers(self, service: str = "") -> list[str]:
        """Names of the containers that run."""
        return sorted(self.compose("ps", "--format", "{{.Name}}", *filter(None, [service])).split())

    def inspect(self, container: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = json.loads(docker("inspect", container))
        return found[0]

    def python(self, container: str, source: str, *arguments: str) -> str:
        """Runs Python in a container of a service."""
        return docker("exec", container, "python", "-c", source, *arguments)

    def leader(self) -> str:
        """The container that writes."""
        for service in ("command", "standby"):
            if self.fit(self.container(service)):
                return self.container(service)
        raise DockerError("nobody leads")

    def fit(self, container: str) -> bool:
        """True if a container's ``/readyz`` answers 200."""
        try:
            self.python(container, _READYZ)
        except DockerError:
            return False
        return True

    def until_fit(self, container: str, timeout_s: float = 30) -> None:
        """Waits until a container is fit to serve. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while not self.fit(container):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{container} is not fit after {timeout_s} s")
            time.sleep(0.1)  # between two looks into another process

    def until_unfit(self, container: str, timeout_s: float = 30) -> None:
        """Waits until a container is no longer fit to serve. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while self.fit(container):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{container} is still fit after {timeout_s} s")
            time.sleep(0.1)  # see above


def image(service: str, project: str) -> str:
    return f"turnout/{service}:{project}"


_READYZ: Final = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=3)"


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
