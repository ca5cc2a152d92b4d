"""``turnout import`` on the real API."""

from collections.abc import AsyncIterator

import httpx
import pytest
from running_service import RunningService, serving

from turnout.import_file import Preview, create_events
from turnout.seeding.api import SeedError

TABLE = b"title,starts\nChess,2099-11-27 19:30\nGo,2099-11-28 19:30\nOld,2001-01-01\nChess,2099-11-27 19:30\n"


@pytest.fixture
async def service(valkey_url: str) -> AsyncIterator[RunningService]:
    async with serving(valkey_url) as service:
        yield service


async def test_a_file_is_shown_and_then_created_once(service: RunningService) -> None:
    ada = await service.guest()
    shown: list[str] = []

    def accept(preview: Preview) -> bool:
        shown.extend(preview.lines())
        return True

    created = await create_events(service.client, TABLE, zone="Asia/Tokyo", token=ada.token, confirm=accept)
    assert (created, shown) == (
        2,
        [
            "+ 2099-11-27T19:30 Asia/Tokyo Chess",
            "+ 2099-11-28T19:30 Asia/Tokyo Go",
            "- line 4: Old: starts must not be in the past",
            "+ 2099-11-27T19:30 Asia/Tokyo Chess is there already",
        ],
    )
    position = service.position
    assert await create_events(service.client, TABLE, zone="Asia/Tokyo", token=ada.token, confirm=accept) == 0
    assert service.position == position


async def test_nothing_is_created_without_consent(service: RunningService) -> None:
    ada = await service.guest()
    position = service.position
    created = await create_events(service.client, TABLE, zone="UTC", token=ada.token, confirm=lambda _: False)
    assert (created, service.position) == (0, position)


async def test_a_wrong_token_is_an_error(service: RunningService) -> None:
    with pytest.raises(SeedError, match="401"):
        await create_events(service.client, TABLE, zone="UTC", token="wrong", confirm=lambda _: True)


async def test_another_site_is_an_error() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(404, text="no"))
    async with httpx.AsyncClient(transport=transport, base_url="http://other") as http:
        with pytest.raises(SeedError, match="this is no Turnout"):
            await create_events(http, TABLE, zone="UTC", token="any", confirm=lambda _: True)


async def test_an_event_that_lasts_all_day_is_shown_with_its_days(service: RunningService) -> None:
    ada = await service.guest()
    shown: list[str] = []

    def decline(preview: Preview) -> bool:
        shown.extend(preview.lines())
        return False

    table = b"title,starts,ends\nFair,2099-12-05,\nFestival,2099-12-05,2099-12-06\n"
    await create_events(service.client, table, zone="Asia/Tokyo", token=ada.token, confirm=decline)
    assert shown == [
        "+ 2099-12-05 all day Asia/Tokyo Fair",
        "+ 2099-12-05 to 2099-12-06 all day Asia/Tokyo Festival",
    ]
