"""The views of moderators: open reports, and the audit."""

from typing import Any

import pytest
from hub_harness import HubHarness, pop_types

from turnout_core.domain import limits
from turnout_core.domain.changes import EventDeleted
from turnout_core.domain.host_changes import CohostAdded
from turnout_core.domain.moderation import ReportedMessage, Target
from turnout_core.domain.moderation_changes import (
    Audited,
    EventHidden,
    EventRestored,
    ModeratorAdded,
    ModeratorRemoved,
    ReportClosed,
    Reported,
    UserBlocked,
)
from turnout_core.domain.people_changes import UserRemoved


@pytest.fixture
def harness() -> HubHarness:
    return HubHarness()


def moderator(harness: HubHarness, name: str = "Mona") -> str:
    user = harness.writer.user(name)
    harness.writer.commit(ModeratorAdded(user, "command"))
    harness.flush()
    return user


def reports(message: dict[str, Any], *fields: str) -> list[tuple[Any, ...]]:
    items = message.get("items", message.get("upsert", []))
    return [tuple(each.get(name) for name in fields) for each in items if each["kind"] == "report"]


def test_a_report_shows_what_it_is_about_as_it_is_now(harness: HubHarness) -> None:
    writer = harness.writer
    watching = moderator(harness)
    olga, ben = writer.user("Olga"), writer.user("Ben")
    event = writer.event(olga, title="Spam", visibility="private")
    harness.flush()
    _, sink = harness.client("moderation", user=watching)
    writer.commit(Reported("r1", "event", event, ben, "not nice"))
    harness.flush()
    (patch,) = sink.pop_messages()
    (shown,) = (each for each in patch["upsert"] if each["kind"] == "report")
    assert shown == {
        "kind": "report", "key": "report:r1", "rank": writer.now_ms, "id": "r1", "target": "event", "about": event,
        "label": "Spam", "reason": "not nice", "by": {"id": ben, "name": "Ben"}, "reported_at": writer.now_ms,
        "total": 1,
    }  # fmt: skip
    steps: list[tuple[Any, tuple[Any, ...]]] = [
        (lambda: writer.edit(event, title="Eggs"), ("Eggs", "Ben", 1, None)),
        (lambda: writer.rename(ben, "Benny"), ("Eggs", "Benny", 1, None)),
        (lambda: writer.commit(EventHidden(event)), ("Eggs", "Benny", 1, True)),
        (lambda: writer.commit(EventRestored(event)), ("Eggs", "Benny", 1, None)),
        (lambda: writer.commit(UserRemoved(ben)), ("Eggs", "", 1, None)),
    ]
    for act, expected in steps:
        act()
        harness.flush()
        (patch,) = sink.pop_messages()
        label, name, total, withdrawn = expected
        assert reports(patch, "label", "total", "withdrawn") == [(label, total, withdrawn)]
        assert patch["upsert"][0]["by"]["name"] == name


def test_a_report_of_a_message_shows_its_text_and_its_author(harness: HubHarness) -> None:
    writer = harness.writer
    watching = moderator(harness)
    olga, conny, ben = writer.user("Olga"), writer.user("Conny"), writer.user("Ben")
    event = writer.event(olga)
    writer.commit(CohostAdded(event, conny))
    harness.flush()
    _, sink = harness.client("moderation", user=watching)
    message = ReportedMessage(f"7.message.{event}", conny, "Buy my book")
    writer.commit(Reported("r1", "event", event, ben, "not nice", message))
    steps: list[tuple[Any, tuple[str, str, str]]] = [
        (lambda: None, ("Buy my book", conny, "Conny")),
        (lambda: writer.rename(conny, "Cornelia"), ("Buy my book", conny, "Cornelia")),
        (lambda: writer.commit(UserRemoved(conny)), ("", "", "")),
    ]
    for act, (text, author, name) in steps:
        act()
        harness.flush()
        (patch,) = sink.pop_messages()
        assert reports(patch, "about", "message") == [(event, {"text": text, "by": {"id": author, "name": name}})]


def test_reports_about_the_same_are_counted_and_the_newest_is_last(harness: HubHarness) -> None:
    writer = harness.writer
    watching = moderator(harness)
    troll = writer.user("Troll")
    event = writer.event(troll)
    targets: list[tuple[Target, str]] = [("person", troll), ("event", event), ("person", troll)]
    for number, (target, about) in enumerate(targets):
        writer.now_ms += 1
        writer.commit(Reported(f"r{number}", target, about, writer.user(), "rude"))
    harness.flush()
    answer = harness.watch("moderation", watching)
    assert reports(answer, "id", "label", "total") == [("r0", "Troll", 2), ("r1", "Board games", 1), ("r2", "Troll", 2)]
    _, sink = harness.client("moderation", user=watching)
    writer.commit(ReportClosed("r0"))
    harness.flush()
    (patch,) = sink.pop_messages()
    assert (reports(patch, "id", "total"), patch["remove"]) == ([("r2", 1)], ["report:r0"])
    writer.commit(UserBlocked(troll))
    harness.flush()
    assert reports(sink.pop_messages()[0], "id", "withdrawn") == [("r2", True)]
    writer.commit(EventDeleted(event))
    harness.flush()
    assert sink.pop_messages()[0]["remove"] == ["report:r1"]


def test_the_first_reports_are_shown_and_all_are_counted(harness: HubHarness) -> None:
    writer = harness.writer
    watching = moderator(harness)
    event = writer.event(writer.user())
    for number in range(limits.WINDOW_MAX_ITEMS + 2):
        writer.commit(Reported(f"r{number}", "event", event, watching, "rude"))
    harness.flush()
    answer = harness.watch("moderation", watching)
    (total,) = (each["total"] for each in answer["items"] if each["kind"] == "list")
    assert (len(answer["items"]) - 1, total) == (limits.WINDOW_MAX_ITEMS, limits.WINDOW_MAX_ITEMS + 2)


def test_the_audit_has_the_newest_act_first(harness: HubHarness) -> None:
    writer = harness.writer
    watching = moderator(harness)
    event = writer.event(writer.user(), title="Spam")
    _, sink = harness.client("moderation/audit", user=watching)
    writer.commit(
        EventHidden(event),
        Audited(watching, "hide", "event", event, "Spam", "spam"),
        Audited(watching, "close", "event", event, "Spam", "done"),
    )
    writer.commit(Audited("", "delete", "event", event, "Spam", "by hand"))
    harness.flush()
    (patch,) = sink.pop_messages()
    assert len(patch["upsert"]) == 4
    answer = harness.watch("moderation/audit", watching)
    acts = [each for each in answer["items"] if each["kind"] == "audit"]
    assert answer["order"] == "descending"
    assert [(each["action"], each["by"]) for each in acts] == [
        ("delete", {"id": "", "name": ""}),
        ("close", {"id": watching, "name": "Mona"}),
        ("hide", {"id": watching, "name": "Mona"}),
    ]
    assert acts[0] == {
        "kind": "audit", "key": acts[0]["key"], "rank": writer.state.position.seq, "by": {"id": "", "name": ""},
        "action": "delete", "target": "event", "about": event, "label": "Spam", "reason": "by hand",
        "acted_at": writer.now_ms,
    }  # fmt: skip
    writer.rename(watching, "Monika")
    harness.flush()
    assert [each["by"]["name"] for each in sink.pop_messages()[0]["upsert"]] == ["Monika"] * 2


@pytest.mark.parametrize("view", ["moderation", "moderation/audit"])
def test_only_moderators_read_it_and_only_while_they_are(harness: HubHarness, view: str) -> None:
    writer = harness.writer
    first, second, third = (moderator(harness) for _ in range(3))
    session = writer.open_session(first)
    guest = writer.user()
    harness.flush()
    assert [harness.watch(view, each).get("code") for each in (first, guest, None)] == [
        None, "not-permitted", "signed-out",
    ]  # fmt: skip
    assert harness.watch(f"{view}?a=b", first)["code"] == "invalid"
    sinks = [harness.client(view, user=each)[1] for each in (second, third)]
    _, kept = harness.client(view, user=first, session=session)
    writer.commit(ModeratorRemoved(second))
    writer.commit(UserBlocked(third))
    writer.commit(Reported("r1", "person", guest, first, "rude"), Audited("", "x", "person", guest, "x", "x"))
    harness.flush()
    assert [each["code"] for sink in sinks for each in sink.pop_messages()] == ["not-permitted"] * 2
    assert pop_types(kept) == ["patch"]
    writer.sign_out(first)
    harness.flush()
    assert [each["code"] for each in kept.pop_messages()] == ["signed-out"]
