"""The operator's hand: durable, audited, and refused with a reason, with a running service or without one."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis
from running_service import DRAFT, Guest, RunningService, serving
from typer.testing import CliRunner, Result

from turnout.cli import app
from turnout.operations.journal_server import JournalServer
from turnout.operations.operate import read_state
from turnout_core.domain.moderation import OPERATOR
from turnout_core.domain.moderation_commands import OperatePerson
from turnout_core.domain.state import State
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.operator_requests import OperatorReply, OperatorRequest, OperatorRequests

RunCommand = Callable[..., Awaitable[Result]]
KEYS = Keys()


@pytest.fixture
def run(valkey_url: str) -> RunCommand:
    """Runs ``turnout`` in a thread beside the loop of the test."""

    async def run(*arguments: str) -> Result:
        environment = {"TURNOUT_VALKEY": valkey_url, "TURNOUT_DATA": None, "COLUMNS": "200"}
        return await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment)

    return run


async def people_of(service: RunningService) -> tuple[Guest, Guest, str]:
    ada, bob = await service.guest(), await service.guest("Bob")
    return ada, bob, (await ada("POST", "/api/events", DRAFT)).json()["id"]


async def stored(valkey: Redis) -> State:
    return await read_state(JournalServer(valkey, KEYS))


async def test_each_command_works_while_the_service_runs(valkey_url: str, valkey: Redis, run: RunCommand) -> None:
    async with serving(valkey_url) as service:
        ada, bob, event = await people_of(service)
        for arguments in (
            ("moderator", "add", bob.id),
            ("event", "cancel", event, "--reason", "spam"),
            ("person", "rename", ada.id, "Ada Lovelace"),
            ("person", "block", ada.id),
            ("event", "delete", event),
        ):
            result = await run(*arguments)
            assert (result.exit_code, result.stdout, result.stderr) == (0, "done\n", "")
        state = await stored(valkey)  # it is durable
        assert state.hash == service.command.writer.committer().state.hash
        assert (state.users[ada.id].name, state.users[ada.id].blocked, state.events) == ("Ada Lovelace", True, {})
        audit = [(each.by, each.action, each.reason) for each in state.audit]
        reasons = ("by the operator", "spam", *["by the operator"] * 3)
        actions = ("add-moderator", "cancel", "rename", "block", "delete")
        assert audit == [(OPERATOR, action, reason) for action, reason in zip(actions, reasons, strict=True)]
        assert (await run("moderator", "list")).stdout == f"{bob.id}  Bob  (command)\n"
        for arguments in (("person", "unblock", ada.id), ("moderator", "remove", bob.id), ("person", "remove", bob.id)):
            assert (await run(*arguments)).exit_code == 0
        assert (await bob("GET", "/api/session")).status_code == 401
        state = await stored(valkey)
        assert (list(state.users), state.moderators, state.users[ada.id].blocked) == ([ada.id], {}, False)


async def test_the_commands_work_without_a_service(valkey_url: str, valkey: Redis, run: RunCommand) -> None:
    async with serving(valkey_url) as service:
        ada, _, event = await people_of(service)
    assert (await run("person", "remove", ada.id)).stdout == "done\n"
    state = await stored(valkey)
    assert (ada.id in state.users, state.events[event].status) == (False, "cancelled")
    refused = await run("event", "cancel", event)
    assert (refused.exit_code, refused.stderr) == (2, "The event is cancelled.\n")
    async with serving(valkey_url) as service:
        assert service.command.writer.committer().state.hash == state.hash


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("event", "cancel", "aaaaaaaaaaaa"), "There is no such event."),
        (("person", "block", "aaaaaaaaaaaa"), "There is no such person."),
        (("person", "rename", "aaaaaaaaaaaa", " "), "name: must not be empty"),
        (("person", "block", "aaaaaaaaaaaa", "--reason", "a" * 1001), "reason: must be at most 1,000 characters"),
    ],
)
async def test_a_refusal_says_why_and_changes_nothing(
    valkey_url: str, run: RunCommand, arguments: tuple[str, ...], message: str
) -> None:
    async with serving(valkey_url) as service:
        await people_of(service)
        position = service.position
        result = await run(*arguments)
        assert (result.exit_code, result.stdout, result.stderr.startswith(message)) == (2, "", True)
        assert service.position == position


async def test_an_empty_server_is_refused(run: RunCommand) -> None:
    for arguments in (("moderator", "list"), ("person", "block", "aaaaaaaaaaaa")):
        result = await run(*arguments)
        assert (result.exit_code, "no journal" in result.stderr) == (2, True)


async def test_a_request_that_nobody_takes_is_withdrawn(
    valkey_url: str, valkey: Redis, run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service of an earlier version leads: it does not know these requests."""
    async with serving(valkey_url) as service:
        ada, _, _ = await people_of(service)
    monkeypatch.setattr("turnout.operations.operate.REQUEST_LIFETIME_S", 1)
    lease = ValkeyLease(valkey, 60, KEYS.writer_lease)
    assert (await lease.acquire("another service")).fence is not None
    result = await run("person", "block", ada.id)
    assert (result.exit_code, "no command service took the command" in result.stderr) == (1, True)
    assert await valkey.exists(KEYS.operator) == 0
    await lease.release("another service")


async def test_a_request_of_another_version_gets_a_reply(valkey_url: str, valkey: Redis) -> None:
    async with serving(valkey_url):
        requests = OperatorRequests(valkey, KEYS)
        unknown = OperatorRequest("one", '{"type": "operate-weather"}')
        known = OperatorRequest.of("two", OperatePerson(action="block", user="nobody", reason="spam"))
        for request in (unknown, known):
            await requests.put(request)
        replies = [await requests.wait_for_reply(each, 10) for each in (unknown, known)]
        assert replies[0] is not None
        assert "another version" in replies[0].refusal
        assert replies[1] == OperatorReply("There is no such person.")
