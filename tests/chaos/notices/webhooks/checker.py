"""Compares what came to the receiver of webhooks with what the oracle wants."""

from collections.abc import Mapping, Sequence
from typing import Final

from chaos.notices.checker import LATE_S, Fault, Violation, check_repeats
from chaos.notices.mail_arrivals import Arrival
from chaos.notices.webhooks.oracle import Expected
from chaos.notices.webhooks.receiver import OPERATOR_PATH, Post

PARALLEL: Final = 20  # that a notifier sends at a time


def check_webhooks(
    expected: Mapping[str, Expected],
    posts: Sequence[Post],
    paths: Mapping[str, str],
    secrets: Mapping[str, str],
    faults: Sequence[Fault],
) -> list[Violation]:
    """The violations of a run. ``paths`` are those of the webhooks by id, ``secrets`` those of the webhooks by path.

    - ``webhook-lost``: a delivery that held all the time did not come, or only to failures.
    - ``webhook-signature``: the secret of the webhook does not verify it.
    - ``webhook-not-planned``: an id that no delivery to this address with this content has, so also another id of a
      repeated one.
    - ``webhook-obsolete``: it came long after its webhook was removed, or its event was closed to the operator.
    - ``webhook-private``: the operator got more than the id of an event that is not public.
    - ``webhook-repeated``: one that was accepted came again, and was not in flight at a fault.
    """
    accepted = [each for each in posts if each.status in (204, 410)]
    came = {each.id for each in accepted}
    found = [
        Violation("webhook-lost", f"{each.kind} of {each.target.event} to {each.target.webhook}")
        for name, each in expected.items()
        if each.must_come and name not in came
    ]
    for post in posts:
        if not post.is_signed_by(secrets[post.path]):
            found.append(Violation("webhook-signature", post.path))
        elif post.path == OPERATOR_PATH and _tells_private(post):
            found.append(Violation("webhook-private", post.body.decode()))
        else:
            found += _check_post(post, expected.get(post.id), paths)
    arrivals = [Arrival(each.at_s, each.path, (each.id,)) for each in accepted]
    return found + [Violation(f"webhook-{each.rule}", each.text) for each in check_repeats(arrivals, faults, PARALLEL)]


def _tells_private(post: Post) -> bool:
    return "visibility" in post.payload["data"]["event"]  # absent for a public event


def _check_post(post: Post, wish: Expected | None, paths: Mapping[str, str]) -> list[Violation]:
    payload = post.payload
    event = payload["data"]["event"]
    came = (post.path, payload["type"], event["id"])
    if wish is None or came != (paths[wish.target.webhook], wish.kind, wish.target.event):
        return [Violation("webhook-not-planned", f"{post.id}: {came}")]
    is_id_alone = len(event) == 1  # of an event that is gone
    if is_id_alone or any(begin_s <= post.at_s <= end_s + LATE_S for begin_s, end_s in wish.spans):
        return []
    return [Violation("webhook-obsolete", f"{post.id}: {came}")]
