"""The reader finds the end of the intact part of an append-only file."""

import pytest

from turnout.valkey.aof_reader import Extent, measure_extent


def command(*parts: bytes) -> bytes:
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


SET = command(b"SET", b"name", b"value")
MULTI, EXEC = command(b"MULTI"), command(b"EXEC")
TRANSACTION = MULTI + SET + SET + EXEC
BINARY = command(b"SET", b"\r\n*1\r\n", b"\0" * 300)
EMPTY = command(b"SET", b"", b"")
ZEROS = b"\0" * 4096
NOTE = b"#TS:1795567718\r\n"


@pytest.mark.parametrize(
    "log", [b"", SET, TRANSACTION, SET + TRANSACTION + SET, BINARY, EMPTY, NOTE + SET + NOTE, command(b"multi") + EXEC]
)
def test_an_intact_file(log: bytes) -> None:
    assert measure_extent(log) == Extent(len(log), 0, is_zero_filled=False)


@pytest.mark.parametrize("intact", [b"", SET, TRANSACTION, BINARY, SET + NOTE])
@pytest.mark.parametrize("tail", [b"\0", ZEROS, b"\0" * 200_000])
def test_zeros_after_the_intact_part(intact: bytes, tail: bytes) -> None:
    assert measure_extent(intact + tail) == Extent(len(intact), len(tail), is_zero_filled=True)


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(MULTI + SET, id="a torn transaction"),
        pytest.param(MULTI + SET + ZEROS, id="zeros in a transaction"),
        pytest.param(SET[:-1], id="a torn command"),
        pytest.param(SET[:-1] + ZEROS, id="zeros in a command"),
        pytest.param(b"*3\r\n$3\r\nSET\r\n$9000000000\r\n" + SET, id="a length beyond the end"),
        pytest.param(ZEROS + SET, id="zeros before a command"),
        pytest.param(ZEROS + b"\x01", id="zeros and one other byte"),
        pytest.param(b"\0" * 200_000 + b"\x01", id="the other byte is far away"),
        pytest.param(b"!" + SET[1:], id="a wrong mark"),
        pytest.param(b"*-1\r\n", id="a negative number"),
        pytest.param(b"*\r\n", id="no number"),
        pytest.param(b"*3\r\n$3\r\nSETT\r\n", id="a wrong length"),
        pytest.param(b"#TS:1795567718", id="a torn annotation"),
    ],
)
def test_other_tails_are_not_zero_filled(tail: bytes) -> None:
    assert measure_extent(TRANSACTION + tail) == Extent(len(TRANSACTION), len(tail), is_zero_filled=False)


def test_bytes_after_the_damage_do_not_count_as_intact() -> None:
    log = SET + b"?" + TRANSACTION
    assert measure_extent(log) == Extent(len(SET), len(log) - len(SET), is_zero_filled=False)
