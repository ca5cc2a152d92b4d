"""Tags are counted as events come and go, the most frequent first."""

from collections import Counter
from typing import Any

from hub_harness import HubHarness
from hypothesis import given
from hypothesis import strategies as st

from turnout_gateway.views.tag_totals import TagTotals


def totals(message: dict[str, Any]) -> list[tuple[str, int]]:
    return [(each["tag"], each["total"]) for each in message["items"]]


def test_tags_are_counted_and_kept_up_to_date() -> None:
    harness = HubHarness()
    writer = harness.writer
    ada = writer.user()
    writer.event(ada, tags=("games", "music"))
    music = writer.event(ada, tags=("music",))
    writer.event(ada, tags=("art",))
    harness.flush()
    client, sink = harness.client()
    harness.hub.watch(client, "tags?limit=2", None)
    (snapshot,) = sink.pop_messages()
    assert (snapshot["order"], totals(snapshot)) == ("ascending", [("music", 2), ("art", 1)])
    assert (snapshot["items"][0]["key"], snapshot["items"][0]["rank"]) == ("tag:music", -2)

    writer.edit(music, title="Chess")
    writer.join(music, ada)
    writer.event(ada, tags=("zen",))  # beyond the window
    harness.flush()
    assert sink.pop_messages() == []

    writer.end(music)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert (patch["remove"], [each["tag"] for each in patch["upsert"]]) == (["tag:music"], ["games"])

    harness.hub.watch(client, "tags?when=past", None)
    assert totals(sink.pop_messages()[0]) == [("music", 1)]
    writer.edit(music, tags=("games", "art"))
    harness.flush()
    (patch,) = sink.pop_messages()
    assert (patch["view"], patch["remove"]) == ("tags?when=past", ["tag:music"])
    assert {each["tag"] for each in patch["upsert"]} == {"games", "art"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 3)), max_size=20), st.integers(1, 5))
def test_totals_stay_sorted(changes: list[tuple[str, int]], limit: int) -> None:
    found, expected = TagTotals({"b": 2}), Counter({"b": 2})
    for tag, total in changes:
        found.set(tag, total)
        expected[tag] = total
    in_order = sorted((-total, tag) for tag, total in expected.items() if total)
    assert found.top(limit) == in_order[:limit]
