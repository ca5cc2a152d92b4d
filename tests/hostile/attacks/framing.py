"""Requests whose end is ambiguous, wrong or never comes (RFC 9112 sections 6 and 11.2, request smuggling)."""

from typing import Final

from hostile.client import Attack, HostileClient

_BEGINNING: Final = b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_HIDDEN: Final = b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n"
_SHAPES: Final = (
    _BEGINNING + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX" + _HIDDEN,
    _BEGINNING + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n" + _HIDDEN + b"\r\n0\r\n\r\n",
    _BEGINNING + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + _HIDDEN,
    _BEGINNING + b"Content-Length: 2, 2\r\n\r\n{}" + _HIDDEN,
    _BEGINNING + b"Content-Length: -1\r\n\r\n{}",
    _BEGINNING + b"Content-Length: +2\r\n\r\n{}",
    _BEGINNING + b"Content-Length: 0x2\r\n\r\n{}",
    _BEGINNING + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    _BEGINNING + b"Content-Length : 2\r\n\r\n{}" + _HIDDEN,
    _BEGINNING + b"Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    _BEGINNING + b"Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    _BEGINNING + b"Transfer-Encoding:\x0bchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + _HIDDEN,
    _BEGINNING + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    _BEGINNING + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    _BEGINNING + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"x" * 20_000 + b"\r\n{}\r\n0\r\n\r\n",
    _BEGINNING + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + b"a: b\r\n" * 5_000 + b"\r\n",
    _BEGINNING + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    _BEGINNING + b"X-Fold: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
    _BEGINNING + b"X-Nul: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    _BEGINNING + b"Host: y\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /api/session HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}",
    b"POST /api/session HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
    b"GET http://elsewhere/api/events HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/events HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /api/events\r\n",
    b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /%00%ff%fe/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/events/%2e%2e%2f%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)
_CHUNK: Final = b"400\r\n" + b" " * 0x400 + b"\r\n"
_CHUNKS_MAX: Final = 1_000


async def _send_ambiguous(client: HostileClient) -> None:
    connection = await client.connect()
    await connection.send(client.rng.choice(_SHAPES))
    await connection.receive(0.5)
    await client.step()
    await connection.send(_HIDDEN)
    await connection.read_to_end(0.5)


async def _send_endless_chunks(client: HostileClient) -> None:
    connection = await client.connect()
    await connection.send(_BEGINNING + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(_CHUNKS_MAX):
        await client.step()
        await connection.send(_CHUNK * 16)
        await connection.receive(0.01)


FRAMING: Final = (
    Attack("requests with an ambiguous end", 4, 30, _send_ambiguous),
    Attack("bodies without an end", 4, 20, _send_endless_chunks),
)
