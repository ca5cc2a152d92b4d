"""A container that cannot start logs one line with the reason, and exits."""

import subprocess
from pathlib import Path

import pytest
from deployment import Deployment, image

_TIMEOUT_S = 60


def _refusal(deployment: Deployment, service: str, *options: str) -> str:
    """Runs a container of ``service`` that must exit with an error. Returns its only log line."""
    done = subprocess.run(
        ["docker", "run", "--rm", "--network", f"{deployment.project}_journal", *options,
         image(service, deployment.project)],
        capture_output=True, text=True, timeout=_TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    lines = (done.stdout + done.stderr).strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize("service", ["command", "gateway"])
def test_a_missing_secret(deployment: Deployment, service: str) -> None:
    output = _refusal(deployment, service, "--env", "TURNOUT_SECRET_FILE=/run/secrets/session")
    assert output == f"turnout-{service}: the secret /run/secrets/session cannot be read: No such file or directory"


@pytest.mark.parametrize("service", ["command", "gateway"])
def test_an_unreachable_valkey(deployment: Deployment, service: str) -> None:
    output = _refusal(
        deployment, service, "--env", "TURNOUT_VALKEY=redis://127.0.0.1:1", "--env", "TURNOUT_VALKEY_WAIT_S=0"
    )
    assert output.startswith(f"turnout-{service}: Valkey at 127.0.0.1:1 cannot be reached: ")


@pytest.mark.parametrize("service", ["command", "gateway"])
def test_a_wrong_password(deployment: Deployment, service: str) -> None:
    output = _refusal(deployment, service, "--env", "TURNOUT_VALKEY=redis://writer:guessed@valkey:6379")
    assert output.startswith(f"turnout-{service}: Valkey at valkey:6379 refuses access: ")
    assert "guessed" not in output


def test_a_command_service_with_the_gateway_user(deployment: Deployment) -> None:
    secrets = f"{deployment.project}_gateway-secrets:/run/secrets:ro"
    output = _refusal(deployment, "command", "--volume", secrets, "--env", "TURNOUT_VALKEY_FILE=/run/secrets/valkey")
    assert output.startswith("turnout-command: Valkey at valkey:6379 refuses access: ")
    assert "fcall" in output


def test_a_user_without_read_access(deployment: Deployment) -> None:
    output = _refusal(deployment, "gateway", "--env", "TURNOUT_VALKEY=redis://probe:-@valkey:6379")
    assert output.startswith("turnout-gateway: Valkey at valkey:6379 refuses access: ")


@pytest.mark.parametrize(("name", "length_min"), [("writer", 16), ("session", 22)])
def test_a_secret_that_is_too_short(deployment: Deployment, tmp_path: Path, name: str, length_min: int) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / name).write_text("x" * (length_min - 1))
    deploy_folder = Path(__file__).parents[2] / "deploy"
    mounts = [
        f"{deploy_folder}/make_secrets.py:/make.py:ro",
        f"{deploy_folder}/valkey/users.acl:/templates/valkey/users.acl:ro",
        f"{tmp_path}:/given:ro",
    ]
    volumes = [option for mount in mounts for option in ("--volume", mount)]
    done = subprocess.run(
        ["docker", "run", "--rm", *volumes, "--entrypoint", "python", image("command", deployment.project), "/make.py"],
        capture_output=True, text=True, timeout=_TIMEOUT_S, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, f"secrets: /given/{name} holds fewer than {length_min} characters\n")
