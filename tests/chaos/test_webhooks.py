"""The rules by which `make chaos-notices` judges deliveries to webhooks."""

from datetime import UTC, datetime
from math import inf

import msgspec
from standardwebhooks import Webhook as Signer

from chaos.notices.checker import Fault
from chaos.notices.webhooks.checker import check_webhooks
from chaos.notices.webhooks.oracle import Expected, Target
from chaos.notices.webhooks.receiver import OPERATOR_PATH, OPERATOR_SECRET, Post

_FAULT = Fault(100.0, 103.0)
_OTHER_SECRET = "whsec_" + "A" * 32
_PATHS = {"hook": "/organizers/1", "operator": OPERATOR_PATH}


def _expected(webhook: str = "hook", *, end_s: float = inf, must_come: bool = True) -> dict[str, Expected]:
    return {"msg_1": Expected(Target("games", webhook), "event.edited", must_come, [(0.0, end_s)])}


def _post(at_s: float, webhook: str = "hook", name: str = "msg_1", *, status: int = 204, **item: str) -> Post:
    """A delivery that the secret of the operator signs."""
    body = msgspec.json.encode({"type": "event.edited", "data": {"event": {"id": "games", "title": "Games"} | item}})
    signature = Signer(OPERATOR_SECRET).sign(name, datetime.fromtimestamp(int(at_s), UTC), body.decode())
    headers = {"webhook-id": name, "webhook-timestamp": str(int(at_s)), "webhook-signature": signature}
    return Post(at_s, _PATHS[webhook], headers, body, status)


def _rules(expected: dict[str, Expected], *posts: Post, secret: str = OPERATOR_SECRET) -> list[str]:
    secrets = {_PATHS["hook"]: secret, OPERATOR_PATH: OPERATOR_SECRET}
    return [each.rule for each in check_webhooks(expected, posts, _PATHS, secrets, [_FAULT])]


def test_a_delivery_that_comes_after_failures_with_the_same_id_is_right() -> None:
    assert _rules(_expected(), _post(50, status=500), _post(51, status=0), _post(52)) == []


def test_a_delivery_that_must_come_is_lost_unless_it_is_accepted() -> None:
    assert _rules(_expected()) == ["webhook-lost"]
    assert _rules(_expected(), _post(50, status=500)) == ["webhook-lost"]
    assert _rules(_expected(), _post(50, status=410)) == []
    assert _rules(_expected(must_come=False)) == []


def test_another_secret_another_id_and_another_address_are_found() -> None:
    assert _rules(_expected(), _post(50), secret=_OTHER_SECRET) == ["webhook-signature"]
    assert _rules(_expected(), _post(50), _post(51, name="msg_2")) == ["webhook-not-planned"]
    assert _rules(_expected(), _post(50, "operator")) == ["webhook-not-planned"]


def test_nothing_may_come_long_after_a_webhook_was_removed() -> None:
    assert _rules(_expected(end_s=50.0, must_come=False), _post(55)) == []
    assert _rules(_expected(end_s=50.0, must_come=False), _post(60)) == ["webhook-obsolete"]


def test_the_operator_gets_nothing_of_an_event_that_is_not_public() -> None:
    expected = _expected("operator")
    assert _rules(expected, _post(50, "operator")) == []
    assert _rules(expected, _post(50, "operator", visibility="private")) == ["webhook-private"]
    assert _rules(_expected(), _post(50, visibility="private")) == []  # their organizer does


def test_a_delivery_that_was_accepted_comes_again_only_after_a_fault() -> None:
    assert _rules(_expected(), _post(102), _post(105)) == []
    assert _rules(_expected(), _post(50), _post(105)) == ["webhook-repeated"]
