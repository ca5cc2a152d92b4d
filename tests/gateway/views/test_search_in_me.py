"""``me?q=words`` finds among the viewer's own events, and is theirs alone."""

from typing import Any

from hub_harness import HubHarness


def cards(message: dict[str, Any]) -> list[str]:
    return [each["id"] for each in message["items"] if each["kind"] == "card"]


def test_a_search_in_ones_own_events_is_live() -> None:
    harness = HubHarness()
    writer = harness.writer
    ada, grace = writer.user("Ada"), writer.user("Grace")
    mine = writer.event(ada, 1, title="Chess", description="Bring crème brûlée")
    joined = writer.event(grace, 2, title="Choir", description="No cream")
    writer.event(grace, 3, title="Creme for others")
    writer.join(joined, ada)
    writer.end(mine)
    harness.flush()
    client, sink = harness.client(user=ada)
    harness.hub.watch(client, "me?q=CREME", None)
    (snapshot,) = sink.pop_messages()
    assert (snapshot["view"], snapshot["asked"], cards(snapshot)) == ("me?q=creme", "me?q=CREME", [mine])
    assert [each["kind"] for each in snapshot["items"]] == ["card", "mine"]

    writer.edit(joined, description="Crème, too")
    writer.leave(joined, ada)
    writer.join(joined, ada)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert {each["key"] for each in patch["upsert"]} == {f"card:{joined}", f"mine:{joined}"}

    writer.edit(mine, description="Bring nothing")
    harness.flush()
    (patch,) = sink.pop_messages()
    assert set(patch["remove"]) == {f"card:{mine}", f"mine:{mine}"}

    harness.hub.watch(client, "me", None)
    (whole,) = sink.pop_messages()
    assert set(cards(whole)) == {mine, joined}
    writer.leave(joined, ada)
    harness.flush()
    assert {message["view"] for message in sink.pop_messages()} == {"me?q=creme", "me"}


def test_each_user_searches_in_their_own_events_until_they_sign_out() -> None:
    harness = HubHarness()
    writer = harness.writer
    users = [writer.user() for _ in range(2)]
    events = [writer.event(user, title="Chess") for user in users]
    harness.flush()
    sinks = []
    for user, event in zip(users, events, strict=True):
        client, sink = harness.client(user=user)
        for view in ("me", "me?q=chess"):
            harness.hub.watch(client, view, None)
            assert cards(sink.pop_messages()[0]) == [event]
        sinks.append(sink)
    visitor, sink = harness.client()
    harness.hub.watch(visitor, "me?q=chess", None)
    assert sink.pop_messages()[0]["code"] == "signed-out"

    writer.sign_out(users[0])
    harness.flush()
    first, second = (sorted((each["view"], each["type"]) for each in sink.pop_messages()) for sink in sinks)
    assert (first, second) == ([("me", "fail"), ("me?q=chess", "fail")], [])
