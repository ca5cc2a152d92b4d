"""Connections that send nothing: more from one address than it may have, and some from many addresses."""

from typing import Final

from hostile.client import Attack, HostileClient

_FLOOD: Final = 1_100  # the limit of an address is 1,000


async def _connect_from_one_address(client: HostileClient) -> None:
    connection = await client.connect(source=client.crowded_source)
    while True:
        await connection.receive(60)


async def _connect_from_many_addresses(client: HostileClient) -> None:
    connection = await client.connect()
    while True:
        await connection.receive(60)


async def _connect_and_reset(client: HostileClient) -> None:
    await client.connect()


CONNECTION_FLOODS: Final = (
    Attack("connections of one address", _FLOOD, 150, _connect_from_one_address),
    Attack("connections of many addresses", 200, 20, _connect_from_many_addresses),
    Attack("connections that come and go", 2, 30, _connect_and_reset),
)
