"""Bodies of requests that are long, slow or without end, on real sockets."""

import asyncio
from contextlib import suppress

import pytest
from served_app import Serve
from waiting import until

REQUEST = b"GET /%d HTTP/1.1\r\nHost: here\r\n\r\n"


async def test_a_body_that_arrives_in_parts_is_read_whole(serve: Serve) -> None:
    served = await serve(body_max_bytes=300_000)
    served.app.gate.set()
    reader, writer = await served.open()
    writer.write(b"POST /body HTTP/1.1\r\nHost: here\r\nContent-Length: 300000\r\n\r\n")
    for _ in range(30):
        writer.write(b"x" * 10_000)
        await writer.drain()
    answer = await reader.readuntil(b"300000\n")
    assert answer.startswith(b"HTTP/1.1 200 OK")
    writer.write(REQUEST % 7)
    assert b"/7 0" in await reader.readuntil(b"/7 0\n")


async def test_an_endless_body_that_was_answered_is_cut(serve: Serve) -> None:
    served = await serve(body_s=0.3, body_max_bytes=1_000_000_000)
    _, writer = await served.open()
    writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000\r\n\r\n")
    with suppress(ConnectionError):
        async with asyncio.timeout(20):
            while True:
                writer.write(b"x" * 10_000)
                await writer.drain()
                await asyncio.sleep(0)
    assert not served.protocols()


async def send_without_end(writer: asyncio.StreamWriter) -> int:
    """Sends chunks until the connection ends. Returns how many bytes it sent."""
    sent = 0
    with suppress(ConnectionError):
        while True:
            writer.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
            await writer.drain()
            sent += 10_000
            await asyncio.sleep(0)
    return sent


@pytest.mark.parametrize("method", [b"POST", b"GET"])
@pytest.mark.parametrize("is_read", [True, False], ids=["read", "not read"])
async def test_a_body_without_end_is_413(serve: Serve, method: bytes, *, is_read: bool) -> None:
    served = await serve()
    served.app.reads_bodies = is_read
    reader, writer = await served.open()
    writer.write(method + b" / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")
    sending = asyncio.create_task(send_without_end(writer))
    answer = await reader.readuntil(b"}")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"at most 65,536 bytes" in answer
    assert await asyncio.wait_for(sending, 20) < 20_000_000  # what the system buffers on both sides is part of it
    await until(lambda: not served.protocols())


async def test_a_body_without_end_that_was_answered_is_cut_without_another_answer(serve: Serve) -> None:
    served = await serve()
    served.app.reads_bodies = False
    served.app.gate.set()
    reader, writer = await served.open()
    writer.write(b"POST /here HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert (await reader.readuntil(b"/here 0\n")).startswith(b"HTTP/1.1 200 ")
    sending = asyncio.create_task(send_without_end(writer))
    assert await reader.read() == b""
    await asyncio.wait_for(sending, 20)
    assert not served.protocols()


async def test_a_body_that_is_announced_too_long_is_refused_before_it_is_sent(serve: Serve) -> None:
    served = await serve(linger_s=0.2)
    reader, writer = await served.open()
    writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 65537\r\nExpect: 100-continue\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 413 ")
    assert served.app.started == []
    await until(lambda: not served.protocols())


async def test_a_client_that_sends_all_first_sees_the_refusal(serve: Serve) -> None:
    served = await serve()
    reader, writer = await served.open()
    writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 900000\r\n\r\n" + b"x" * 900_000)
    await writer.drain()
    assert (await reader.read()).startswith(b"HTTP/1.1 413 ")


async def test_a_file_to_import_may_be_longer_than_other_bodies(serve: Serve) -> None:
    served = await serve(body_max_bytes=10, import_max_bytes=20)
    served.app.gate.set()
    head = b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"
    for target, size, status in (
        (b"/api/import/preview?zone=UTC", 20, b"200"),
        (b"/below/api/import/preview", 20, b"200"),
        (b"/api/import/preview", 21, b"413"),
        (b"/api/events?x=/api/import/preview", 11, b"413"),
    ):
        reader, writer = await served.open()
        writer.write(head % (target, size) + b"x" * size)
        assert (await reader.readline()).split()[1] == status, target
