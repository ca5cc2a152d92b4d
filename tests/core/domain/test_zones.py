"""Time zones come from the pinned package, whatever zone data the machine has."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
import tzdata

from turnout_core.domain import zones

MOMENT = datetime(2026, 12, 16, 2, 0, tzinfo=UTC)


@pytest.fixture
def wrong_machine(tmp_path: Path) -> Iterator[None]:
    """The machine takes Tokyo's rules for Vancouver."""
    (tmp_path / "America").mkdir()
    wrong = files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    (tmp_path / "America" / "Vancouver").write_bytes(wrong)
    zones.load_zone.cache_clear()
    zoneinfo.reset_tzpath([tmp_path])
    yield
    zoneinfo.reset_tzpath()
    zones.load_zone.cache_clear()


@pytest.mark.usefixtures("wrong_machine")
def test_the_data_of_the_machine_decides_nothing() -> None:
    of_machine = zoneinfo.ZoneInfo.no_cache("America/Vancouver")  # noqa: TID251 - what the machine says
    assert str(MOMENT.astimezone(of_machine)) == "2026-12-16 11:00:00+09:00"
    assert str(MOMENT.astimezone(zones.load_zone("America/Vancouver"))) == "2026-12-15 19:00:00-07:00"


def test_every_name_has_rules_and_no_other_name_has() -> None:
    assert {zones.load_zone(name).key for name in zones.zone_names()} == zones.zone_names()
    with pytest.raises(KeyError):
        zones.load_zone("../zones")


def test_the_version_is_that_of_the_package() -> None:
    assert tzdata.IANA_VERSION == zones.ZONE_DATA_VERSION
