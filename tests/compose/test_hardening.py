"""The permissions of each container, and of each service at Valkey."""

import pytest
from deployment import Deployment, DockerError, docker

_EVERY = ("command", "standby", "gateway", "notifier", "edge", "valkey")


@pytest.fixture(params=_EVERY)
def container(deployment: Deployment, request: pytest.FixtureRequest) -> str:
    return deployment.container(request.param)


def _status(container: str) -> dict[str, str]:
    """The fields of ``/proc/PID/status`` of the service's process, which is the first child of the init process."""
    output = docker("exec", container, "sh", "-c", "cat /proc/$(cat /proc/1/task/1/children | cut -d' ' -f1)/status")
    return {name: value.strip() for name, _, value in (line.partition(":") for line in output.splitlines())}


def test_no_service_runs_as_root(container: str) -> None:
    assert "0" not in _status(container)["Uid"].split()
    assert docker("exec", container, "id", "-u").strip() != "0"


def test_no_process_has_or_gets_a_capability(container: str) -> None:
    status = _status(container)
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1"


def test_the_root_file_system_is_read_only(container: str) -> None:
    for folder in ("/", "/usr/bin", "/etc", "/opt", "/srv"):
        with pytest.raises(DockerError, match=r"Read-only file system|Permission denied"):
            docker("exec", container, "sh", "-c", f"touch {folder}/written")


def test_memory_and_processes_have_a_limit(deployment: Deployment, container: str) -> None:
    limits = deployment.inspect(container)["HostConfig"]
    assert limits["Memory"] > 0
    assert limits["PidsLimit"] > 0


def test_no_password_is_in_an_environment_or_a_command_line(deployment: Deployment, container: str) -> None:
    secret = docker(
        "exec", deployment.container("command"), "sh", "-c", "cat /run/secrets/password /run/secrets/session"
    ).split()
    described = docker("inspect", container)
    assert len(secret) == 2
    assert not [each for each in secret if each in described]


def test_a_gateway_may_only_read_subscribe_and_publish_presence(deployment: Deployment) -> None:
    output = deployment.python(deployment.container("gateway"), _PROBES)
    assert output.split() == ["hgetall", "xrange", "subscribe", "publish-presence"]


def test_valkey_refuses_connections_without_a_name(deployment: Deployment) -> None:
    def valkey_cli(*words: str) -> str:
        return docker("exec", deployment.container("valkey"), "valkey-cli", *words).strip()

    assert "NOAUTH" in valkey_cli("get", "{turnout}:head")
    assert "NOAUTH" in valkey_cli("--user", "writer", "--pass", "guessed", "--no-auth-warning", "ping")
    assert "NOPERM" in valkey_cli("--user", "probe", "--pass", "-", "--no-auth-warning", "get", "{turnout}:head")
    assert valkey_cli("--user", "probe", "--pass", "-", "--no-auth-warning", "ping") == "PONG"


_PROBES = """
import asyncio
from redis.exceptions import NoPermissionError
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect
from turnout_gateway.settings import Settings

KEYS = Keys()

async def main():
    async with connect(Settings().valkey) as valkey, valkey.pubsub() as pubsub:
        async def subscribe(channel):
            await pubsub.ssubscribe(channel)
            await pubsub.get_message(timeout=2)
        probes = {
            "hgetall": valkey.hgetall(KEYS.head),
            "xrange": valkey.xrange(KEYS.stream, count=1),
            "subscribe": subscribe(KEYS.changes),
            "publish-presence": valkey.execute_command("SPUBLISH", KEYS.presence, "{}"),
            "publish-changes": valkey.spublish(KEYS.changes, b"beat x 0 0"),
            "publish-changes-to-earlier-versions": valkey.publish(KEYS.changes, b"beat x 0 0"),
            "xadd": valkey.xadd(KEYS.stream, {"r": b"forged"}),
            "set": valkey.set(KEYS.fence, "9"),
            "fcall": valkey.fcall("turnout_release", 1, "{turnout}:lease", "nobody"),
            "flushall": valkey.flushall(),
            "config": valkey.config_get("appendonly"),
            "keys": valkey.keys("*"),
            "other": valkey.get("other"),
        }
        for name, attempt in probes.items():
            try:
                await attempt
            except NoPermissionError:
                continue
            print(name)

asyncio.run(main())
"""
