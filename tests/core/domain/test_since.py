"""A value needs the format of its newest part."""

from typing import Annotated, ClassVar, Literal

import msgspec
import pytest

from turnout_core.domain.since import format_of, newest_format, since


class Place(msgspec.Struct):
    name: str
    floor: Annotated[int, since(5)] = 0
    doors: Annotated[list[str], since(4)] = msgspec.field(default_factory=list)


class Pinned(msgspec.Struct):
    since: ClassVar[int] = 3

    text: str


class Person(msgspec.Struct):
    name: str
    status: Annotated[Literal["here", "away", "busy"], since(2, "away"), since(6, "busy")] = "here"
    home: Place | None = None
    former: tuple[Place, ...] = ()
    pins: dict[str, Pinned] = {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Person("Ada"), 1),
        (Person("Ada", "here"), 1),
        (Person("Ada", "away"), 2),
        (Person("Ada", "busy"), 6),
        (Person("Ada", home=Place("a")), 1),
        (Person("Ada", home=Place("a", floor=2)), 5),
        (Person("Ada", home=Place("a", doors=["b"])), 4),
        (Person("Ada", former=(Place("a"), Place("b", doors=["c"]))), 4),
        (Person("Ada", "away", pins={"a": Pinned("b")}), 3),
        (Pinned("a"), 3),
    ],
)
def test_the_newest_part_decides(value: msgspec.Struct, expected: int) -> None:
    assert format_of(value) == expected


def test_the_newest_format_of_a_kind_covers_all_its_parts() -> None:
    assert (newest_format(Place), newest_format(Pinned), newest_format(Person)) == (5, 3, 6)


def test_a_part_counts_exactly_if_it_is_written() -> None:
    """Msgspec decides by identity whether to omit a default, so an equal but different object is written and counts."""

    class Note(msgspec.Struct, omit_defaults=True):
        text: Annotated[str, since(2)] = "no text"

    copy = msgspec.json.decode(b'"no text"', type=str)
    assert (msgspec.json.encode(Note("no text")), format_of(Note("no text"))) == (b"{}", 1)
    assert (msgspec.json.encode(Note(copy)), format_of(Note(copy))) == (b'{"text":"no text"}', 2)
