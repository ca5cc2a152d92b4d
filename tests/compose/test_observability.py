"""Alerts and dashboards use existing metrics. The test needs no images of Prometheus and Grafana."""

import re

import pytest
from deployment import ROOT, Deployment

_SUFFIXES = re.compile(r"_(bucket|sum|count)$")
_ONLY_WHEN_IT_HAPPENED = {
    "turnout_snapshots_total",
    "turnout_clock_steps_total",
    "turnout_gateway_aborts_total",
    "turnout_gateway_closes_total",
    "turnout_notifier_deliveries_total",
}


@pytest.mark.parametrize("file", ["prometheus/alerts.yml", "grafana/dashboards/turnout.json"])
def test_every_referenced_metric_exists(deployment: Deployment, file: str) -> None:
    referenced = set(re.findall(r"turnout_[a-z_]+", (ROOT / "deploy" / file).read_text()))
    output = {
        name
        for service in ("command", "gateway", "notifier")
        for name in re.findall(r"^(?:# TYPE )?(turnout_[a-z_]+)", _metrics(deployment, service), re.MULTILINE)
    }
    assert {_SUFFIXES.sub("", each) for each in referenced} <= output | _ONLY_WHEN_IT_HAPPENED


def test_the_profile_is_valid(deployment: Deployment) -> None:
    services = deployment.compose("--profile", "observability", "config", "--services").split()
    assert {"prometheus", "grafana"} <= set(services)


def _metrics(deployment: Deployment, service: str) -> str:
    source = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/metrics', timeout=5).read().decode())"
    return deployment.python(deployment.container(service), source)
