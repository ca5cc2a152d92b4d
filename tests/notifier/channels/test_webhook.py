"""Webhooks reach a real receiver, which verifies them with the library of the standard."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from history import DETAILS, History, state_after
from http_receiver import Received, answering, hanging_up, receiving, resolving
from msgspec.structs import replace
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from turnout_core.domain.changes import AnyChange, Details, EventCreated, EventDeleted, EventEdited, Joined, SignedUp
from turnout_core.domain.event_desk import Webhook
from turnout_core.domain.host_changes import WebhookAdded, WebhookRemoved
from turnout_core.journal.record import peek
from turnout_core.runtime.startup import CannotStart
from turnout_core.web.webhook_secrets import WebhookSecrets
from turnout_notifier.channels.operator_webhooks import SignedTarget, read_operator_webhooks
from turnout_notifier.channels.pauses import Pauses
from turnout_notifier.channels.port import Batch, Failed, Gone, Result, Sent
from turnout_notifier.channels.webhook import WebhookChannel
from turnout_notifier.outgoing.client import OutgoingHttp
from turnout_notifier.plan.webhooks import plan_webhooks

SECRETS = WebhookSecrets("secret of the instance")
OPERATOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GUEST = "Grace"


def history_of(url: str, details: Details = DETAILS) -> History:
    history = History()
    history.add(SignedUp("ada", "Ada"), SignedUp("grace", GUEST))
    history.add(EventCreated("games", "ada", details), actor="ada")
    history.add(WebhookAdded("games", Webhook("hook", url, 1)), actor="ada")
    return history


def batch_of(history: History, change: AnyChange, target: str = "hook") -> Batch:
    record = history.add(change, at=1_800_000_000_123)
    state = state_after(history)
    (found,) = [each for each in plan_webhooks(state, [peek(record)[0]], ["operator"]) if each.target == target]
    return Batch((found,), (), state)


FORGOTTEN: list[tuple[str, str]] = []


def channel(
    http: OutgoingHttp, operators: Mapping[str, SignedTarget], now: Callable[[], float] = time.time
) -> WebhookChannel:
    """A channel; what it asks to forget is in ``FORGOTTEN``."""
    FORGOTTEN.clear()

    async def secrets() -> WebhookSecrets:
        return SECRETS

    async def forget(event: str, webhook: str) -> None:
        FORGOTTEN.append((event, webhook))

    return WebhookChannel(http, secrets, operators, forget, now)


async def deliver(batch: Batch, operator: str = "", **options: Any) -> Result:
    operators = {"operator": SignedTarget(operator, OPERATOR_SECRET)} if operator else {}
    http = OutgoingHttp(allows_private=True, **options)
    try:
        return await channel(http, operators).send(batch)
    finally:
        await http.aclose()


def verified(got: Received, secret: str = SECRETS.secret("hook")) -> Any:
    return Verifier(secret).verify(got.body, got.headers)


JOIN = Joined("games", "grace", 2, "going")


async def test_a_receiver_verifies_a_delivery_and_reads_the_event_as_visitors_see_it() -> None:
    async with receiving() as receiver:
        batch = batch_of(history_of(f"http://hooks.example:{receiver.port}/x"), JOIN)
        assert await deliver(batch, resolve=resolving("127.0.0.1")) == Sent()
    (got,) = receiver.requests
    payload = verified(got)
    assert (payload["type"], payload["timestamp"], got.target) == ("attendee.joined", "2027-01-15T08:00:00.123Z", "/x")
    assert payload["data"]["parties"] == 1
    event = payload["data"]["event"]
    assert (event["id"], event["title"], event["going"], event["capacity"]) == ("games", "Board games", 2, 4)
    assert [each["name"] for each in event["faces"]] == [GUEST]
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
    assert (got.headers["content-type"], got.headers["user-agent"]) == ("application/json", "turnout")


async def test_a_repetition_has_the_same_id_and_another_delivery_another_one() -> None:
    async with receiving() as receiver:
        history = history_of(f"http://127.0.0.1:{receiver.port}/")
        batch = batch_of(history, JOIN)
        receiver.answers = [answering(500)]
        assert await deliver(batch) == Failed("the receiver answered 500")  # each call has a new channel
        assert await deliver(batch) == Sent()
        await deliver(batch_of(history, EventEdited("games", DETAILS)))
    first, again, other = [each.headers["webhook-id"] for each in receiver.requests]
    assert (first == again, first == other, "." in first) == (True, False, False)


@pytest.mark.parametrize(
    "details",
    [
        replace(DETAILS, visibility="private"),
        replace(DETAILS, guest_list="hosts", guest_hint="counts"),
        replace(DETAILS, guest_list="going"),
    ],
)
async def test_names_of_guests_are_not_in_it_unless_everyone_sees_them(details: Details) -> None:
    async with receiving() as receiver:
        await deliver(batch_of(history_of(f"http://127.0.0.1:{receiver.port}/", details), JOIN))
    assert GUEST.encode() not in receiver.requests[0].body
    assert verified(receiver.requests[0])["data"]["event"]["going"] == 2


async def test_another_secret_or_a_changed_body_does_not_verify() -> None:
    async with receiving() as receiver:
        await deliver(batch_of(history_of(f"http://127.0.0.1:{receiver.port}/"), JOIN))
    (got,) = receiver.requests
    with pytest.raises(WebhookVerificationError):
        verified(got, SECRETS.secret("other"))
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRETS.secret("hook")).verify(got.body.replace(b"Board", b"Bored"), got.headers)


async def test_the_operator_has_a_secret_of_their_own() -> None:
    async with receiving() as receiver:
        batch = batch_of(history_of("https://nowhere.example/"), JOIN, "operator")
        assert await deliver(batch, f"http://127.0.0.1:{receiver.port}/") == Sent()
    assert verified(receiver.requests[0], OPERATOR_SECRET)["type"] == "attendee.joined"


async def test_a_deleted_event_is_told_by_its_id() -> None:
    async with receiving() as receiver:
        hook = Webhook("hook", f"http://127.0.0.1:{receiver.port}/", 1)
        assert await deliver(batch_of(history_of(hook.url), EventDeleted("games", (hook,)))) == Sent()
    payload = verified(receiver.requests[0])
    assert (payload["type"], payload["data"]) == ("event.deleted", {"event": {"id": "games"}})


async def test_a_webhook_that_was_removed_gets_nothing() -> None:
    async with receiving() as receiver:
        history = history_of(f"http://127.0.0.1:{receiver.port}/")
        batch = batch_of(history, JOIN)
        history.add(WebhookRemoved("games", "hook"))
        assert await deliver(Batch(batch.deliveries, (), state_after(history))) == Gone("the webhook was removed")
    assert receiver.connections == 0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (answering(200), Sent()),
        (answering(410), Gone("the receiver answered 410")),
        (answering(404), Failed("the receiver answered 404")),
        (answering(302, location="http://127.0.0.1/"), Failed("the receiver answered 302")),
        (answering(429, retry_after="30"), Failed("the receiver answered 429", retry_after_s=30.0)),
        (answering(503), Failed("the receiver answered 503")),
        (hanging_up, Failed("the connection failed (RemoteProtocolError)")),
    ],
)
async def test_each_answer_has_its_outcome(answer: Any, expected: Result) -> None:
    async with receiving() as receiver:
        receiver.answers = [answer]
        assert await deliver(batch_of(history_of(f"http://127.0.0.1:{receiver.port}/"), JOIN)) == expected
    assert ([("games", "hook")] if isinstance(expected, Gone) else []) == FORGOTTEN


async def test_a_receiver_that_fails_is_not_asked_again_for_each_delivery() -> None:
    now_s = 1_800_000_000.0
    paused = "the receiver fails, and has a pause"
    async with receiving() as receiver:
        receiver.answers = [answering(500), answering(500)]
        history = history_of(f"http://127.0.0.1:{receiver.port}/")
        first, second = batch_of(history, JOIN), batch_of(history, EventEdited("games", DETAILS))
        http = OutgoingHttp(allows_private=True)
        sender = channel(http, {}, lambda: now_s)
        assert await sender.send(first) == Failed("the receiver answered 500")
        assert await sender.send(second) == Failed(paused, retry_after_s=5.0)
        now_s += 5
        assert await sender.send(first) == Failed("the receiver answered 500")
        now_s += 5
        assert await sender.send(second) == Failed(paused, retry_after_s=5.0)
        now_s += 5
        assert [await sender.send(each) for each in (first, second)] == [Sent(), Sent()]
        await http.aclose()
    assert len(receiver.requests) == 4


def test_pauses_double_up_to_an_hour_and_never_outlast_a_clock_that_is_set_back() -> None:
    pauses, now_s, found = Pauses(), 1_000.0, []
    for _ in range(13):
        pauses.note_failure("hook", now_s)
        pauses.note_failure("hook", now_s)  # of another delivery that was on its way
        found.append(pauses.left_s("hook", now_s))
        now_s += found[-1]
    assert (found[:4], found[-1]) == ([5.0, 10.0, 20.0, 40.0], 3600.0)
    assert (pauses.left_s("other", now_s), pauses.left_s("hook", now_s - 1e6)) == (0.0, 0.0)


async def test_a_webhook_of_the_operator_that_is_gone_gets_nothing_more() -> None:
    async with receiving() as receiver:
        receiver.answers = [answering(410)]
        http = OutgoingHttp(allows_private=True)
        sender = channel(http, {"operator": SignedTarget(f"http://127.0.0.1:{receiver.port}/", OPERATOR_SECRET)})
        batch = batch_of(history_of("https://nowhere.example/"), JOIN, "operator")
        results = [await sender.send(batch) for _ in range(2)]
        await http.aclose()
    assert results == [Gone("the receiver answered 410"), Gone("the webhook was removed")]
    assert (len(receiver.requests), FORGOTTEN) == (1, [])


async def test_a_name_that_leads_into_the_private_network_fails_for_good() -> None:
    batch = batch_of(history_of("https://hooks.example/"), JOIN)
    http = OutgoingHttp(resolve=resolving("10.0.0.1"))
    assert await channel(http, {}).send(batch) == Failed("the host has a private address", True)


def test_titles_with_quotes_and_brackets_stay_as_they_are(tmp_path: Path) -> None:
    from turnout_notifier.render.webhook_payload import webhook_payload

    title = '"<script>\u2028😀'
    batch = batch_of(history_of("https://a.example/", replace(DETAILS, title=title)), JOIN)
    assert msgspec.json.decode(webhook_payload(batch.state, batch.deliveries[0]))["data"]["event"]["title"] == title


def test_the_file_of_the_operator_has_a_line_for_each_webhook(tmp_path: Path) -> None:
    file = tmp_path / "webhooks"
    file.write_text(f"# partners\n\nhttps://a.example/x {OPERATOR_SECRET}\nhttps://b.example/ {OPERATOR_SECRET}\n")
    found = read_operator_webhooks(file, allows_private=False)
    assert list(found.values()) == [
        SignedTarget("https://a.example/x", OPERATOR_SECRET),
        SignedTarget("https://b.example/", OPERATOR_SECRET),
    ]
    assert found == read_operator_webhooks(file, allows_private=False)
    assert [len(each) for each in found] == [12, 12]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("https://a.example/private", "line 2 of the webhooks in .*: the secret must be whsec_"),
        ("https://a.example/private whsec_c2hvcnQ=", "the secret must be"),
        (f"https://a.example/private {OPERATOR_SECRET.removeprefix('whsec_')}", "the secret must be"),
        (f"http://a.example/private {OPERATOR_SECRET}", "must begin with https://"),
        (f"https://10.0.0.1/private {OPERATOR_SECRET}", "must not lead into a private network"),
    ],
)
def test_a_line_that_is_not_valid_is_named_without_its_content(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "webhooks"
    file.write_text(f"# partners\n{line}\n")
    with pytest.raises(CannotStart, match=reason) as raised:
        read_operator_webhooks(file, allows_private=False)
    assert "private " not in str(raised.value).replace("private network", "")
    assert OPERATOR_SECRET.removeprefix("whsec_") not in str(raised.value)
