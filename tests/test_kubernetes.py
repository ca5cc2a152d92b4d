"""The manifests of deploy/kubernetes: valid by the schemas of Kubernetes, complete, and as confined as compose.yaml."""

from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import pytest
import yaml

from turnout_command.settings import Settings as CommandSettings
from turnout_gateway.settings import Settings as GatewaySettings
from turnout_notifier.settings import Settings as NotifierSettings

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "deploy" / "kubernetes"
VERSIONS: Final = ("1.30.0", "1.37.0")  # the oldest that README.md names, and the newest that has a schema
WORKLOADS: Final = ("command", "gateway", "notifier", "edge")


def _documents() -> list[tuple[str, dict[str, Any]]]:
    """All manifests, each with the name of its file; kustomizations are no resources of the API."""
    files = sorted(each for each in FOLDER.rglob("*.yaml") if each.name != "kustomization.yaml")
    return [(str(file.relative_to(FOLDER)), each) for file in files for each in yaml.safe_load_all(file.read_text())]


DOCUMENTS: Final = _documents()
KUSTOMIZATION: Final = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())


def _named(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for _, each in DOCUMENTS if each["kind"] == kind}


def _workload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = (_named("Deployment") | _named("StatefulSet"))[name]["spec"]
    return found


def _pod(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _workload(name)["template"]["spec"]
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("file", "manifest"),
    DOCUMENTS,
    ids=[f"{file}-{each['kind']}-{each['metadata']['name']}" for file, each in DOCUMENTS],
)
def test_a_manifest_is_valid(file: str, manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_a_wrong_manifest_is_found() -> None:
    wrong = {**_named("Deployment")["edge"]}
    wrong["spec"] = {**wrong["spec"], "replica": 2}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_the_kustomization_names_every_file() -> None:
    assert sorted(KUSTOMIZATION["resources"]) == sorted({file for file, _ in DOCUMENTS if "/" not in file})
    assert {f"turnout/{each}" for each in WORKLOADS} == {each["name"] for each in KUSTOMIZATION["images"]}


def test_each_setting_exists() -> None:
    known = CommandSettings.variables() | GatewaySettings.variables() | NotifierSettings.variables()
    settings, edge = (
        {line.partition("=")[0] for line in each["literals"]} for each in KUSTOMIZATION["configMapGenerator"]
    )
    assert settings <= known
    assert all(each in (ROOT / "deploy/caddy/Caddyfile").read_text() for each in edge)
    for name in ("command", "gateway", "notifier"):
        assert {each["name"] for each in _pod(name)["containers"][0]["env"]} <= known


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_is_as_confined_as_a_container_of_compose(name: str) -> None:
    pod = _pod(name)
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][name]
    assert pod["terminationGracePeriodSeconds"] >= int(compose["stop_grace_period"].removesuffix("s"))


@pytest.mark.parametrize("name", WORKLOADS)
def test_one_pod_of_two_may_go_at_a_time(name: str) -> None:
    labels = _workload(name)["template"]["metadata"]["labels"]
    budget = _named("PodDisruptionBudget")[name]["spec"]
    assert _workload(name)["replicas"] == 2
    assert budget["maxUnavailable"] == 1
    assert budget["selector"]["matchLabels"] == _workload(name)["selector"]["matchLabels"] == labels


def test_the_edge_finds_each_pod() -> None:
    edge = dict(line.split("=", 1) for line in KUSTOMIZATION["configMapGenerator"][1]["literals"])
    for variable, name in (("TURNOUT_COMMANDS", "command"), ("TURNOUT_GATEWAYS", "gateway")):
        names = {f"{name}-{number}.{name}:8000" for number in range(_workload(name)["replicas"])}
        assert names <= set(edge[variable].split())
        assert _workload(name)["serviceName"] == name
        assert _named("Service")[name]["spec"]["clusterIP"] == "None"


def test_only_a_gateway_is_taken_out_by_readiness() -> None:
    """A standby answers 503 there, and would never be ready."""
    paths = {name: _pod(name)["containers"][0]["readinessProbe"]["httpGet"]["path"] for name in WORKLOADS}
    assert paths == {"command": "/healthz", "gateway": "/readyz", "notifier": "/healthz", "edge": "/index.html"}
