"""The connections that a limit of open files allows."""

import pytest

from turnout_core.runtime.open_files import FILES_MIN
from turnout_core.web.connection_budget import ConnectionBudget, report_if_short


@pytest.mark.parametrize(
    ("open_files", "wanted", "connections", "links", "per_address"),
    [
        (128, 50_000, 32, 24, 8),
        (256, 50_000, 160, 120, 40),
        (1_024, 50_000, 928, 696, 232),
        (1_024, 0, 928, 0, 232),
        (65_536, 50_000, 65_440, 50_000, 16_360),
        (20_000, 50_000, 19_904, 18_880, 4_976),
    ],
)
def test_files_are_divided(open_files: int, wanted: int, connections: int, links: int, per_address: int) -> None:
    budget = ConnectionBudget(open_files, wanted)
    assert (budget.connections, budget.links, budget.per_address) == (connections, links, per_address)


@pytest.mark.parametrize("open_files", [FILES_MIN, 200, 999, 1_024, 4_096, 1 << 20])
@pytest.mark.parametrize("wanted", [0, 1, 1_000, 50_000])
def test_one_address_has_at_most_half_and_links_leave_some(open_files: int, wanted: int) -> None:
    budget = ConnectionBudget(open_files, wanted)
    assert 2 * budget.per_address <= budget.connections / 2
    assert budget.links <= min(wanted, budget.connections - 1)


def test_a_limit_that_suffices_needs_no_warning() -> None:
    needed = ConnectionBudget(256, 1_000).files_needed
    assert ConnectionBudget(needed, 1_000).warning is None
    assert ConnectionBudget(needed, 1_000).links == 1_000
    warning = ConnectionBudget(needed - 1, 1_000).warning
    assert warning is not None
    assert f"{needed - 1} files may be open, and {needed} are needed for 1000 links" in warning
    assert ConnectionBudget(1_024).warning is not None
    assert ConnectionBudget(1_120).warning is None


@pytest.mark.parametrize(
    ("open_files", "is_chosen", "level"), [(20_000, False, "INFO"), (20_000, True, "WARNING"), (256, False, "WARNING")]
)
def test_a_default_that_does_not_fit_a_usual_limit_is_only_information(
    open_files: int, level: str, caplog: pytest.LogCaptureFixture, *, is_chosen: bool
) -> None:
    caplog.set_level("INFO")
    report_if_short(ConnectionBudget(open_files, 50_000), is_chosen=is_chosen)
    assert [record.levelname for record in caplog.records] == [level]
