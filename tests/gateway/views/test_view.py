"""``since`` updates a client from any position: by a patch if possible, otherwise by a snapshot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from view_replica import Replica, read, snapshot_items

from turnout_core.domain.position import Position
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.frame_cache import Order
from turnout_gateway.views.history import Revision, Seen
from turnout_gateway.views.view import View

LOADED_AT = Revision(number=10, seq=100)


class SampleView(View):
    """A view that every range with users affects."""

    __slots__ = ()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return bool(collapsed.users)


def item(key: str, value: object = 0) -> bytes:
    return f'{{"key":"{key}","rank":1,"value":{value}}}'.encode()


def at(seq: int, epoch: str = "e") -> Position:
    return Position(epoch, seq)


def view_of_two_items() -> View:
    view = SampleView("events/x", "ascending", LOADED_AT, CollapsedRanges())
    view.fill({"a": (1, item("a")), "b": (1, item("b"))})
    return view


def changes(message: dict[str, object]) -> tuple[set[str], set[str]]:
    upsert, remove = message["upsert"], message["remove"]
    assert isinstance(upsert, list)
    assert isinstance(remove, list)
    return {each["key"] for each in upsert}, set(remove)


def test_a_client_with_nothing_gets_a_snapshot() -> None:
    message = read(view_of_two_items().since(None, at(100)).payload)
    assert message == {
        "type": "snapshot",
        "view": "events/x",
        "at": "e-100",
        "order": "ascending",
        "items": [{"key": "a", "rank": 1, "value": 0}, {"key": "b", "rank": 1, "value": 0}],
    }


def test_an_equal_item_is_no_change() -> None:
    view = view_of_two_items()
    view.update_item("a", (1, item("a")), Revision(11, 101))
    assert view.revision == LOADED_AT.number


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (10, ({"a", "c"}, {"b"})),
        (11, ({"c"}, {"b"})),
        (12, ({"c"}, set())),
        (13, (set(), set())),
        (at(100), ({"a", "c"}, {"b"})),
        (at(101), ({"c"}, {"b"})),
        (at(102), ({"c"}, set())),
        (at(103), (set(), set())),
        (9, None),  # before the view was loaded
        (at(99), None),
        (at(104), None),  # beyond this replica
        (at(103, "other"), None),
        (None, None),
    ],
)
def test_since_returns_later_changes(seen: int | Position | None, expected: tuple[set[str], set[str]] | None) -> None:
    view = view_of_two_items()
    view.update_item("a", (1, item("a", 1)), Revision(11, 101))
    view.remove_item("b", Revision(12, 102))
    view.update_item("c", (1, item("c")), Revision(13, 103))
    message = read(view.since(seen, at(103)).payload)
    if expected is None:
        assert message["type"] == "snapshot"
    else:
        assert (message["at"], changes(message)) == ("e-103", expected)


def test_a_volatile_key_is_sent_again_to_every_client_that_resumes() -> None:
    view = SampleView("events/x", "ascending", LOADED_AT, CollapsedRanges(), volatile=("a",))
    view.fill({"a": (1, item("a")), "b": (1, item("b"))})
    assert changes(read(view.since(at(100), at(100)).payload)) == ({"a"}, set())
    view.update_item("a", (1, item("a", 1)), Revision(11, 100))
    assert changes(read(view.since(10, at(100)).payload)) == ({"a"}, set())
    assert changes(read(view.since(11, at(100)).payload)) == (set(), set())


def test_the_log_is_bounded_and_older_clients_get_a_snapshot() -> None:
    view = view_of_two_items()
    for number in range(5_000):
        view.update_item(f"k{number}", (1, item(f"k{number}")), Revision(11 + number, 101 + number))
        view.remove_item(f"k{number}", Revision(11 + number, 101 + number))
    here = at(101 + 5_000)
    assert read(view.since(11, here).payload)["type"] == "snapshot"
    assert read(view.since(at(101), here).payload)["type"] == "snapshot"
    assert len(changes(read(view.since(11 + 4_990, here).payload))[1]) == 9
    assert len(view._history._log) == 2_000


def test_clients_at_the_same_position_share_one_frame() -> None:
    view = view_of_two_items()
    view.update_item("a", (1, item("a", 1)), Revision(11, 101))
    assert view.since(10, at(101)) is view.since(10, at(101))
    assert view.since(at(100), at(101)) is view.since(at(100), at(101))
    assert view.since(None, at(101)) is view.since(None, at(101))


def test_frames_with_own_spellings_and_dropped_frames_are_not_cached() -> None:
    view = view_of_two_items()
    cached = view.since(None, at(100))
    assert view.since(None, at(100), "events//x") is not view.since(None, at(100), "events//x")
    assert (
        view.since(at(1), at(100)) is cached is view.since(at(2), at(100))
    )  # neither position can be patched: one snapshot
    view.drop_frames()
    assert view.since(None, at(100)).payload == cached.payload
    assert view.since(None, at(100)) is not cached


def test_a_change_or_commit_replaces_the_cached_frame() -> None:
    view = view_of_two_items()
    first = view.since(None, at(100))
    assert read(view.since(None, at(101)).payload)["at"] == "e-101"
    view.update_item("a", (1, item("a", 1)), Revision(11, 100))
    assert view.since(None, at(100)).payload != first.payload


def test_another_history_leaves_only_snapshots() -> None:
    view = view_of_two_items()
    view.reset_history(Revision(11, 7), connected=True)
    assert read(view.since(10, at(7, "new")).payload)["type"] == "snapshot"
    assert read(view.since(at(7, "e"), at(7, "new")).payload)["type"] == "snapshot"
    assert read(view.since(at(7, "new"), at(7, "new")).payload)["type"] == "patch"


def test_a_frame_contains_the_requested_spelling() -> None:
    view = view_of_two_items()
    assert read(view.since(None, at(100), "events//x").payload)["asked"] == "events//x"
    assert {**read(view.since(None, at(100), "events//x").payload), "asked": ""} == {
        **read(view.since(None, at(100)).payload),
        "asked": "",
    }
    assert "asked" not in read(view.since(None, at(100)).payload)


def test_positions_at_the_ends_of_a_range_are_outside_it() -> None:
    ranges, collapsed = CollapsedRanges(), CollapsedRange({"e": set()}, has_moved_events=False)
    ranges.add(100, 101, collapsed)
    ranges.add(101, 105, collapsed)
    ranges.add(105, 106, collapsed)
    ranges.add(110, 112, collapsed)
    assert [seq for seq in range(99, 114) if ranges.find(seq) is not None] == [102, 103, 104, 111]


def test_details_of_old_ranges_are_dropped_before_the_ranges() -> None:
    ranges, collapsed = CollapsedRanges(), CollapsedRange({"e": set()}, has_moved_events=False)
    for number in range(150_000):
        ranges.add(3 * number, 3 * number + 3, collapsed)
    assert ranges.find(3 * 149_999 + 1) is collapsed
    assert ranges.find(3 * 148_000 + 1) is UNKNOWN
    assert ranges.find(3 * 148_000) is None
    assert ranges.find(3 * 20_000) is UNKNOWN


def test_a_client_inside_a_collapsed_range_gets_no_patch() -> None:
    ranges = CollapsedRanges()
    view = SampleView("v", "ascending", LOADED_AT, ranges)
    ranges.add(100, 104, CollapsedRange({"e": set()}, has_moved_events=False))
    ranges.add(104, 108, CollapsedRange({}, has_moved_events=False))
    kinds = {seq: read(view.since(at(seq), at(108)).payload)["type"] for seq in range(100, 109)}
    assert [seq for seq, kind in kinds.items() if kind == "snapshot"] == [101, 102, 103]


KEYS = st.sampled_from("abcdef")
ITEM_CHANGES = st.lists(st.tuples(KEYS, st.none() | st.integers(0, 3)), max_size=30)


@given(
    item_changes=ITEM_CHANGES,
    reads=st.lists(st.booleans(), min_size=30, max_size=30),
    order=st.sampled_from(("ascending", "descending")),
)
def test_a_snapshot_and_its_patches_equal_the_newest_snapshot(
    item_changes: list[tuple[str, int | None]], reads: list[bool], order: Order
) -> None:
    view = SampleView("v", order, LOADED_AT, CollapsedRanges())
    client = Replica()
    seen: Seen = None
    for number, ((key, value), now) in enumerate(zip(item_changes, reads, strict=False)):
        revision = Revision(11 + number, 101 + number)
        if value is None:
            view.remove_item(key, revision)
        else:
            view.update_item(key, (value, f'{{"key":"{key}","rank":{value}}}'.encode()), revision)
        if now:
            client.apply(view.since(seen, at(101 + number)).payload)
            seen = view.revision
    client.apply(view.since(seen, at(999)).payload)
    assert client.sorted_items() == snapshot_items(view.since(None, at(999)).payload)
