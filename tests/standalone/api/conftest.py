"""Names the tests that schemathesis makes."""

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Gives the test of each operation an id of its own.

    With pytest 9.2 those of schemathesis 4.32 share one, and pytest-xdist runs only one test of an id.
    """
    if item.parent is not None and "[" in item.name and "[" not in item.nodeid:
        item._id = item._id.parse(f"{item.parent.nodeid}::{item.name}")
