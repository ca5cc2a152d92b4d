"""Push messages reach a local push service, and the browser of the subscription decrypts them."""

import time
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from history import BEGINNING, DETAILS
from http_receiver import Received, answering, receiving, resolving, stalling
from joserfc import jwt
from joserfc.jwk import ECKey
from msgspec.structs import replace
from push_browser import PushBrowser, decoded

from turnout_core.domain.notices import FieldChange, Notice
from turnout_core.domain.people import PushSubscription
from turnout_core.domain.state import Event, State, User
from turnout_core.web.vapid import VapidKey
from turnout_notifier.channels.port import Batch, Failed, Gone, Result, Sent
from turnout_notifier.channels.push import PushChannel, encrypt
from turnout_notifier.channels.push_token import LIFETIME_S, PushTokens
from turnout_notifier.delivery import Delivery
from turnout_notifier.outgoing.client import OutgoingHttp
from turnout_notifier.render.push_payload import PAYLOAD_MAX_BYTES, push_payload

KEY = VapidKey.derive("secret of the instance")
CONTACT = "mailto:operator@events.example"
PROMOTED = Notice(7, "promoted", "games", "Board games", 1, party=2)
STARTS_S = DETAILS.starts_at / 1000


def state_with(*pushes: PushSubscription) -> State:
    state = State(BEGINNING.position, BEGINNING.hash)
    state.add_user(User("ada", "Ada", pushes=pushes))
    state.add_user(User("olga", "Olga"))
    state.add_event(Event("games", "olga", DETAILS, 1))
    return state


def batch_for(subscription: PushSubscription, notice: Notice = PROMOTED, *, is_subscribed: bool = True) -> Batch:
    state = state_with(*([subscription] if is_subscribed else []))
    return Batch((Delivery.of("test", notice, "ada", "push", subscription.id),), (notice,), state)


FORGOTTEN: list[tuple[str, str]] = []


def channel(http: OutgoingHttp, now_s: float | None = None) -> PushChannel:
    """A channel; what it asks to forget is in ``FORGOTTEN``."""
    now = (lambda: now_s) if now_s else time.time
    FORGOTTEN.clear()

    async def tokens() -> PushTokens:
        return PushTokens(KEY, CONTACT, now)

    async def forget(user: str, push_id: str) -> None:
        FORGOTTEN.append((user, push_id))

    return PushChannel(http, tokens, forget, now)


async def push(batch: Batch, now_s: float | None = None, **options: Any) -> Result:
    http = OutgoingHttp(allows_private=True, **options)
    try:
        return await channel(http, now_s).send(batch)
    finally:
        await http.aclose()


def claims_of(got: Received) -> Mapping[str, Any]:
    """The claims of the token, which the key in the same header verifies (RFC 8292 section 4.2)."""
    scheme, _, parameters = got.headers["authorization"].partition(" ")
    values = dict(each.strip().split("=", 1) for each in parameters.split(","))
    assert (scheme, values["k"]) == ("vapid", KEY.public)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(values["k"]))
    token = jwt.decode(values["t"], ECKey.import_key(point), algorithms=["ES256"])
    assert token.header == {"typ": "JWT", "alg": "ES256"}
    return token.claims


async def test_the_browser_of_the_subscription_reads_the_message() -> None:
    browser = PushBrowser()
    async with receiving() as service:
        origin = f"http://push.example:{service.port}"
        batch = batch_for(browser.subscription(f"{origin}/x/1"))
        assert await push(batch, resolve=resolving("127.0.0.1")) == Sent()
    (got,) = service.requests
    assert msgspec.json.decode(browser.decrypt(got.body)) == {
        "id": "7.promoted.games", "kind": "promoted", "event": "games", "title": "Board games",
        "body": "You moved up: you're going.", "path": "/events/games",
    }  # fmt: skip
    with pytest.raises(InvalidTag):
        PushBrowser().decrypt(got.body)
    names = ("content-encoding", "ttl", "urgency")
    assert [got.headers[each] for each in names] == ["aes128gcm", "86400", "high"]
    claims = claims_of(got)
    assert (got.target, claims["aud"], claims["sub"]) == ("/x/1", origin, CONTACT)
    assert 0 < claims["exp"] - time.time() <= 24 * 3600


def test_the_browser_of_the_tests_reads_the_message_of_the_rfc() -> None:
    """RFC 8291, section 5 and appendix A."""
    private = ec.derive_private_key(
        int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big"), ec.SECP256R1()
    )
    body = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
        "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    browser = PushBrowser(private, decoded("BTBZMqHH6r4Tts7J_aSIgg"))
    assert browser.decrypt(decoded(body)) == b"When I grow up, I want to be a watermelon"


async def test_a_message_that_is_sent_again_replaces_the_first_and_another_one_does_not() -> None:
    async with receiving() as service:
        subscription = PushBrowser().subscription(f"http://127.0.0.1:{service.port}/")
        later = Notice(8, "promoted", "games", "Board games", 1)
        for notice in (PROMOTED, PROMOTED, later):
            await push(batch_for(subscription, notice))
    first, again, other = [each.headers["topic"] for each in service.requests]
    assert (first == again, first == other, len(first)) == (True, False, 32)
    assert len({each.body for each in service.requests}) == 3


@pytest.mark.parametrize(
    ("lead_s", "ttl"), [(7_200, "7200"), (-60, "0"), (48 * 3600, "86400")], ids=["before", "after", "long before"]
)
async def test_a_reminder_is_kept_until_the_event_starts(lead_s: int, ttl: str) -> None:
    async with receiving() as service:
        subscription = PushBrowser().subscription(f"http://127.0.0.1:{service.port}/")
        await push(batch_for(subscription, Notice(7, "reminder", "games", "T", 1, lead="day")), STARTS_S - lead_s)
    assert service.requests[0].headers["ttl"] == ttl


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (answering(201), Sent()),
        (answering(202), Sent()),
        (answering(404), Gone("the push service answered 404")),
        (answering(410), Gone("the push service answered 410")),
        (answering(413), Failed("the push service answered 413", is_permanent=True)),
        (answering(403), Failed("the push service answered 403", is_permanent=True)),
        (answering(307, location="http://127.0.0.1/"), Failed("the push service answered 307", is_permanent=True)),
        (answering(429, retry_after="90"), Failed("the push service answered 429", retry_after_s=90.0)),
        (answering(503, retry_after="5"), Failed("the push service answered 503", retry_after_s=5.0)),
        (answering(500), Failed("the push service answered 500")),
    ],
)
async def test_each_answer_has_its_outcome(answer: Any, expected: Result) -> None:
    async with receiving() as service:
        service.answers = [answer]
        subscription = PushBrowser().subscription(f"http://127.0.0.1:{service.port}/")
        assert await push(batch_for(subscription)) == expected
    assert len(service.requests) == 1
    assert ([("ada", subscription.id)] if isinstance(expected, Gone) else []) == FORGOTTEN


async def test_a_push_service_that_stalls_is_tried_later() -> None:
    async with receiving() as service:
        service.answers = [stalling]
        batch = batch_for(PushBrowser().subscription(f"http://127.0.0.1:{service.port}/"))
        assert await push(batch, timeout_s=0.2) == Failed("no response within 0.2 s")


async def test_an_endpoint_in_a_private_network_is_refused() -> None:
    http = OutgoingHttp(resolve=resolving("169.254.169.254"))
    batch = batch_for(PushBrowser().subscription("https://push.example/x"))
    expected = Failed("the host has a private address", is_permanent=True)
    assert await channel(http).send(batch) == expected


async def test_a_subscription_that_has_ended_gets_nothing() -> None:
    batch = batch_for(PushBrowser().subscription("https://push.example/x"), is_subscribed=False)
    assert await push(batch) == Gone("the subscription was removed")


@pytest.mark.parametrize("key", ["", "AAAA", "B" + "A" * 86])
async def test_keys_for_which_nothing_can_be_encrypted_fail_for_good(key: str) -> None:
    subscription = msgspec.structs.replace(PushBrowser().subscription("https://push.example/x"), key=key)
    assert await push(batch_for(subscription)) == Failed("the keys of the subscription are not valid", True)


def test_a_token_is_signed_once_for_each_push_service_and_renewed_in_time() -> None:
    now_s = 1_800_000_000.0
    tokens = PushTokens(KEY, "", lambda: now_s)
    first = tokens.authorization("https://a.example/1")
    assert tokens.authorization("https://a.example/2") == first
    assert tokens.authorization("https://a.example:444/1") != first
    now_s += LIFETIME_S * 0.6
    assert tokens.authorization("https://a.example/1") != first
    now_s -= LIFETIME_S  # a clock that is set back
    assert tokens.authorization("https://a.example/1") != first


CHANGES = (FieldChange("starts", "2026-11-27T19:30", "2026-11-27T20:00"), FieldChange("place", "A", "B"))


def test_the_reminder_of_an_event_that_lasts_all_day_names_no_hours() -> None:
    state = state_with()
    state.events["games"].details = replace(DETAILS, all_day=True)
    payload = push_payload(state, "olga", Notice(1, "reminder", "games", "T", 1, lead="day"))
    assert msgspec.json.decode(payload)["body"] == "It's tomorrow, all day."


@pytest.mark.parametrize(
    ("notice", "body"),
    [
        (Notice(1, "changed", "games", "T", 1, changes=CHANGES), "New start and place."),
        (Notice(1, "changed", "games", "T", 1, changes=CHANGES[:1]), "New start."),
        (Notice(1, "asked", "games", "T", 1, by="ada", party=1), "Ada asks for 1 seat."),
        (Notice(1, "asked", "games", "T", 1, by="gone", party=3), "Someone asks for 3 seats."),
        (Notice(1, "message", "games", "T", 1, by="olga", text="Bring cake."), "Olga: Bring cake."),
        (Notice(1, "message", "games", "T", 1, text="Bring cake."), "Bring cake."),
        (Notice(1, "reminder", "games", "T", 1, lead="two-hours"), "It starts in two hours."),
        (Notice(1, "message", "games", "T", 1, text="x" * 400), "x" * 299 + "…"),
    ],
)
def test_each_kind_of_notice_is_a_sentence(notice: Notice, body: str) -> None:
    """Olga, who gets it, is a host, so she sees who asks."""
    assert msgspec.json.decode(push_payload(state_with(), "olga", notice))["body"] == body


def test_a_message_of_a_deleted_event_opens_the_notices() -> None:
    assert (
        msgspec.json.decode(push_payload(state_with(), "ada", Notice(1, "deleted", "games", "T", 1)))["path"]
        == "/notices"
    )


@pytest.mark.parametrize("letter", ["x", "😀", "\u0001", '"', "\u2028", "👩‍👩‍👧"])
def test_the_longest_message_fits_into_a_record(letter: str) -> None:
    """A title has 120 characters, and a message 1,000."""
    notice = Notice(1, "message", "games", (letter * 120)[:120], 1, by="olga", text=(letter * 1000)[:1000])
    payload = push_payload(state_with(), "ada", notice)
    assert len(payload) <= PAYLOAD_MAX_BYTES
    assert len(encrypt(payload, PushBrowser().subscription("https://push.example/"))) <= 4096
