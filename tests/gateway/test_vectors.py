"""The client model passes the test vectors, which the front end also passes."""

import json
from pathlib import Path
from typing import Any

import pytest
from view_replica import Replica

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "replica.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_client_model_passes_the_vectors(case: dict[str, Any]) -> None:
    replica = Replica()
    if case["at"] is not None:
        before = {key: case[key] for key in ("order", "at", "items")}
        replica.apply(json.dumps({"type": "snapshot", "view": "v"} | before).encode())
    for message in case["messages"]:
        replica.apply(json.dumps(message).encode())
    items = [json.loads(item) for item in replica.sorted_items()]
    assert [item["key"] for item in items] == case["expected"]
    assert items == case["expectedItems"]
    assert replica.at == case["expectedAt"]
