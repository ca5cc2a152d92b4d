"""A server on loopback answers broken frames with close codes, and accepts fragmented ones."""

import asyncio
import contextlib

import pytest
import websockets
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_websocket import RawWebSocket, ServeGateway, masked, receive, send
from view_replica import read
from waiting import until

from turnout_core.protocol.messages import Close


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x02hi", 1002),  # not masked
        (b"\xc1\x80\0\0\0\0", 1002),  # a reserved bit
        (b"\x83\x80\0\0\0\0", 1002),  # a reserved opcode
        (b"\x09\x80\0\0\0\0", 1002),  # a fragmented ping
        (b"\x89\xfe\0\x7e\0\0\0\0" + bytes(126), 1002),  # a ping of more than 125 bytes
        (b"\x80\x80\0\0\0\0", 1002),  # a continuation of nothing
        (masked(1, b"a", fin=False) + masked(1, b"b"), 1002),  # a message within another
        (masked(1, b"\xff"), 1007),
        (masked(8, b"\x03"), 1002),  # half a close code
        (masked(8, b"\x03\xed"), 1002),  # 1005 must not be sent
        (masked(8, b"\x03\xe8\xff"), 1007),
        (masked(8, b"\x03\xe8bye"), 1000),
        (masked(1, bytes(8193)), Close.TOO_LARGE),
        (masked(1, b"x" * 5000, fin=False) + masked(0, b"x" * 5000), Close.TOO_LARGE),
        (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", Close.TOO_LARGE),
        (masked(1, b"x") * 11, Close.BAD_MESSAGE),
        (masked(2, b"x") * 11, Close.BAD_MESSAGE),
        (masked(9, b"") * 201, Close.TOO_FAST),
        (masked(10, b"") * 201, Close.TOO_FAST),
        (masked(1, b"", fin=False) + masked(0, b"", fin=False) * 201, Close.TOO_FAST),
    ],
    ids=[
        "not masked", "reserved bit", "reserved opcode", "fragmented ping", "long ping", "continuation of nothing",
        "message within another", "bad text", "half a close code", "close code 1005", "bad close reason", "close",
        "long message", "long fragments", "endless message", "bad texts", "binary messages", "pings", "pongs",
        "fragments",
    ],
)  # fmt: skip
async def test_a_violation_is_answered_with_its_close_code(serve: ServeGateway, sent: bytes, code: int) -> None:
    instance = await serve()
    raw = await RawWebSocket.open(instance)
    raw.writer.write(sent)
    assert await raw.receive_close_code() == code
    raw.abort()
    await until(lambda: len(instance.gateway.hub.clients) == 0)


async def test_a_message_may_arrive_byte_by_byte_in_fragments_with_a_ping_between(serve: ServeGateway) -> None:
    instance = await serve()
    raw = await RawWebSocket.open(instance)
    await raw.receive_frame()
    sent = masked(1, b'{"type":"watch",', fin=False) + masked(9, b"there?") + masked(0, b'"view":"events"}')
    for byte in sent:
        raw.writer.write(bytes((byte,)))
        await raw.writer.drain()
    assert await raw.receive_frame() == (0x8A, b"there?")
    head, payload = await raw.receive_frame()
    assert (head, read(payload)["type"]) == (0x81, "snapshot")
    (client,) = instance.gateway.hub.clients
    assert client.sink._reader is None  # type: ignore[attr-defined]
    raw.abort()


FRAMES = st.lists(
    st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda opcode, data, fin: masked(opcode, data, fin=fin or opcode > 7),
            st.sampled_from((0, 1, 2, 8, 9, 10)),
            st.binary(max_size=60) | st.just(b'{"type":"watch","view":"events"}'),
            st.booleans(),
        ),
    ),
    max_size=8,
)


async def test_arbitrary_bytes_do_no_harm(serve: ServeGateway) -> None:
    instance = await serve()
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    bystander = await websockets.connect(instance.live_url)
    await receive(bystander)

    async def attack(sent: list[bytes]) -> None:
        raw = await RawWebSocket.open(instance)
        # The server closes after a violation; uvloop refuses to write to a closed transport.
        with contextlib.suppress(ConnectionError, RuntimeError):
            for part in sent:
                raw.writer.write(part)
                await asyncio.sleep(0)
            raw.writer.write_eof()
            async with asyncio.timeout(10):
                await raw.reader.read()
        raw.abort()

    examples: list[list[bytes]] = []

    @settings(max_examples=150)
    @given(FRAMES)
    def draw(sent: list[bytes]) -> None:
        examples.append(sent)

    draw()
    for sent in examples:
        await attack(sent)
    await until(lambda: len(instance.gateway.hub.clients) == 1)
    assert failures == []
    await send(bystander, type="watch", view="events")
    assert (await receive(bystander))["type"] == "snapshot"
    await bystander.close()
