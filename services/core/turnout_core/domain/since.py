"""Declares the format since which a kind of change or a field exists, and finds the format that a value needs.

A value needs the highest number of its parts: a reader of an older format would not know that part
(docs/decisions/0014-formats.md). A kind declares its number in the class variable ``since``, a field in its type::

    class MessagePinned(Change, frozen=True, gc=False, tag="message-pinned"):
        since: ClassVar[int] = 3

    visibility: Annotated[Literal["public", "private"], since(3)] = "public"
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple, get_args

import msgspec

FIRST: Final = 1
"""The format of everything that declares no number."""

_KEY: Final = "since"


def since(number: int, *values: object) -> msgspec.Meta:
    """Declares in the type of a field that it exists since format ``number``; with ``values``, only these values."""
    return msgspec.Meta(extra={_KEY: (number, values)})


class _Field(NamedTuple):
    name: str
    since: int
    values: tuple[object, ...]
    default: Any
    default_factory: Any

    def is_used(self, value: object) -> bool:
        """True if ``value`` is written and older readers do not know it."""
        if self.values:
            return value in self.values
        # As msgspec decides whether to omit a default: by identity, or a new and empty container.
        return value is not self.default and not (type(value) is self.default_factory and not value)


class _Declarations(NamedTuple):
    """The declarations of one kind of struct.

    Attributes:
        fields: the fields with a number.
        nested: names of the fields that hold structs which can need more than ``FIRST``.
        newest: the highest number of any of its values.
    """

    since: int
    fields: tuple[_Field, ...]
    nested: tuple[str, ...]
    newest: int


def format_of(value: msgspec.Struct) -> int:
    """The format that a reader of ``value`` needs."""
    number, fields, nested, newest = _declarations(type(value))
    if newest == number:
        return number  # most changes: this is asked for every record
    for field in fields:
        if field.since > number and field.is_used(getattr(value, field.name)):
            number = field.since
    for name in nested:
        for each in _structs(getattr(value, name)):
            number = max(number, format_of(each))
    return number


def newest_format(kind: type[msgspec.Struct]) -> int:
    """The highest format that a value of ``kind`` can need."""
    return _declarations(kind).newest


@cache
def _declarations(kind: type[msgspec.Struct]) -> _Declarations:
    own: int = getattr(kind, _KEY, FIRST)
    fields: list[_Field] = []
    nested: list[str] = []
    newest = own
    for each in msgspec.structs.fields(kind):
        for number, values in _numbers(each.type):
            fields.append(_Field(each.name, number, values, each.default, each.default_factory))
            newest = max(newest, number)
        inner = max((newest_format(struct) for struct in _struct_types(each.type)), default=FIRST)
        if inner > FIRST:
            nested.append(each.name)
            newest = max(newest, inner)
    return _Declarations(own, tuple(fields), tuple(nested), newest)


def _numbers(annotation: Any) -> Iterator[tuple[int, tuple[object, ...]]]:
    for each in getattr(annotation, "__metadata__", ()):
        if isinstance(each, msgspec.Meta) and each.extra and _KEY in each.extra:
            yield each.extra[_KEY]


def _struct_types(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
    for each in get_args(annotation):
        yield from _struct_types(each)


def _structs(value: object) -> Iterable[msgspec.Struct]:
    """The structs that ``value``, a struct or a container of structs, holds."""
    if value is None:
        return ()
    if isinstance(value, msgspec.Struct):
        return (value,)
    if type(value) is tuple and value and isinstance(value[0], msgspec.Struct):
        return value  # such as the changes of a commit; faster than the last case
    if isinstance(value, Mapping):
        return (each for each in value.values() if isinstance(each, msgspec.Struct))
    if isinstance(value, Iterable):
        return (each for each in value if isinstance(each, msgspec.Struct))
    return ()
