"""Fixtures for operators' commands on a real Valkey."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from history import EPOCH
from redis.asyncio import Redis
from stored_journal import LATER, MIDDLE, RunTurnout, save_snapshot, state_at, store_untrimmed
from typer.testing import CliRunner, Result

from turnout.operations import cli as journal_cli
from turnout_core.domain.position import Position
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[Redis]:
    async with connect(valkey_url) as client:
        yield client


@pytest.fixture
async def journal(valkey: Redis) -> ValkeyJournal:
    """A journal as a product leaves it: two snapshots, and the stream from the older one on."""
    journal = await store_untrimmed(valkey)
    for seq in (MIDDLE, LATER):
        await save_snapshot(journal, state_at(seq))
    await journal.trim(Position(EPOCH, MIDDLE))
    return journal


@pytest.fixture
def turnout(valkey_url: str) -> RunTurnout:
    """Runs ``turnout journal`` in a thread beside the loop of the test."""

    async def run(*arguments: str | Path | Position, stdin: bytes = b"", server: str | None = valkey_url) -> Result:
        texts = [str(each) for each in arguments]
        environment = {"TURNOUT_VALKEY": server, "TURNOUT_DATA": None, "COLUMNS": "200"}
        return await asyncio.to_thread(CliRunner().invoke, journal_cli.app, texts, input=stdin, env=environment)

    return run
