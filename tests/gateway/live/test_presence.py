"""Gateways exchange their numbers of viewers, and drop those of a stopped gateway."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import websockets
from history import EPOCH
from running_gateway import RunningGateway
from waiting import until

from fakes.memory_bus import MemoryBus
from fakes.memory_journal import MemoryJournal
from turnout_core.journal.port import Unreachable
from turnout_core.runtime.valkey_client import connect
from turnout_gateway.live.presence import PERIOD_S, Presence
from turnout_gateway.runtime.presence_bus import PresenceBus, ValkeyPresenceBus
from turnout_gateway.settings import Settings
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.view_kind import Viewer


def two_gateways() -> tuple[Presence, Presence]:
    return Presence("a"), Presence("b")


def deliver(sender: Presence, receiver: Presence, now_s: float = 0) -> None:
    message = sender.encode_changes()
    if message is not None:
        receiver.receive(message, now_s)


def test_the_total_adds_the_viewers_of_all_gateways() -> None:
    here, there = two_gateways()
    here.set_own_viewers("e", 2)
    there.set_own_viewers("e", 3)
    deliver(there, here)
    assert (here.total("e"), here.pop_changed_totals(), here.pop_changed_totals()) == (5, {"e": 5}, {})


def test_only_changes_are_published() -> None:
    here, there = two_gateways()
    there.set_own_viewers("e", 3)
    assert there.encode_changes() is not None
    assert there.encode_changes() is None
    there.set_own_viewers("e", 0)
    there.set_own_viewers("f", 1)
    deliver(there, here)
    assert (here.total("e"), here.total("f")) == (0, 1)


def test_a_complete_message_corrects_a_lost_one() -> None:
    here, there = two_gateways()
    there.set_own_viewers("e", 3)
    deliver(there, here)
    there.set_own_viewers("e", 0)
    there.encode_changes()  # lost
    here.pop_changed_totals()
    here.receive(there.encode_all(), 1)
    assert (here.total("e"), here.pop_changed_totals()) == (0, {"e": 0})


def test_a_silent_gateway_is_removed() -> None:
    here, there = two_gateways()
    there.set_own_viewers("e", 3)
    deliver(there, here, now_s=100)
    here.pop_changed_totals()
    here.remove_dead(100 + 3 * PERIOD_S)
    assert here.total("e") == 3
    here.remove_dead(100 + 3 * PERIOD_S + 0.1)
    assert (here.total("e"), here.pop_changed_totals(), list(here.gateways())) == (0, {"e": 0}, [])


def test_a_departure_takes_effect_at_once() -> None:
    here, there = two_gateways()
    there.set_own_viewers("e", 3)
    deliver(there, here)
    here.receive(there.encode_departure(), 1)
    assert here.total("e") == 0


def test_a_new_gateway_is_detected_and_our_own_messages_are_ignored() -> None:
    here, there = two_gateways()
    assert here.receive(there.encode_all(), 0) is True
    assert here.receive(there.encode_all(), 0) is False
    here.set_own_viewers("e", 1)
    assert here.receive(here.encode_all(), 0) is False
    assert here.total("e") == 1


@pytest.mark.parametrize(
    "message", [b"", b"{}", b"\xff", b'{"gateway":"b","looking":{"e":"many"}}', b'{"gateway":"\xff"}']
)
def test_invalid_messages_are_ignored(message: bytes) -> None:
    here, _ = two_gateways()
    assert here.receive(message, 0) is False
    assert here.pop_changed_totals() == {}


@pytest.fixture(params=["memory", "valkey"])
async def buses(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[tuple[PresenceBus, PresenceBus]]:
    """Two ends of one bus."""
    if request.param == "memory":
        bus = MemoryBus()
        yield bus, bus
    else:
        both = (
            ValkeyPresenceBus(connect(valkey_url), "test:presence"),
            ValkeyPresenceBus(connect(valkey_url), "test:presence"),
        )
        yield both
        for each in both:
            await each.close()


async def test_a_bus_delivers_messages_to_all_subscribers_in_order(buses: tuple[PresenceBus, PresenceBus]) -> None:
    here, there = buses
    async with here.subscribe() as subscription, there.subscribe() as other:
        await here.publish(b"one")
        await here.publish(b"two")
        assert [await subscription.receive(5), await subscription.receive(5), await subscription.receive(0.01)] == [
            b"one",
            b"two",
            None,
        ]
        assert [await other.receive(5), await other.receive(5)] == [b"one", b"two"]


async def test_an_unreachable_bus_raises_unreachable() -> None:
    bus = ValkeyPresenceBus(connect("redis://127.0.0.1:1"), "test:presence")
    with pytest.raises(Unreachable):
        await bus.publish(b"one")
    with pytest.raises(Unreachable):
        async with bus.subscribe():
            pass
    await bus.close()


async def test_two_gateways_show_the_same_number(buses: tuple[PresenceBus, PresenceBus]) -> None:
    journal = MemoryJournal()
    await journal.create(EPOCH)
    settings = Settings(drain_s=1)
    async with RunningGateway.running(settings, journal, buses[0]) as here:
        event = here.writer.event(here.writer.user())
        await here.append_and_wait()

        async with websockets.connect(here.live_url) as socket:
            assert json.loads(await socket.recv())["type"] == "hello"
            await socket.send(f'{{"type":"watch","view":"events/{event}"}}')
            numbers: list[int] = []

            async def collect() -> None:
                async for message in socket:
                    update = json.loads(message)
                    items = update.get("items", []) + update.get("upsert", [])
                    numbers.extend(item["looking"] for item in items if item["kind"] == "presence")

            collecting = asyncio.create_task(collect())
            async with RunningGateway.running(settings, journal, buses[1]) as there:
                await until(lambda: there.gateway.views.state is not None)
                async with websockets.connect(there.live_url) as other:
                    await other.send(f'{{"type":"watch","view":"events/{event}"}}')
                    await until(lambda: numbers[-1] == 2)
                    address = EventAddress(event)
                    await until(
                        lambda: b'"looking":2' in there.gateway.read(address, address.canonical, Viewer()).payload
                    )
                await until(lambda: numbers[-1] == 1)
                last = await websockets.connect(there.live_url)
                await last.send(f'{{"type":"watch","view":"events/{event}"}}')
                await until(lambda: numbers[-1] == 2)
            await until(lambda: numbers[-1] == 1)
            await last.close()
            collecting.cancel()
    assert (await journal.head()).position == here.writer.state.position  # type: ignore[union-attr]
