"""The base class of all changes. ``changes`` lists them, and says what holds for all."""

from typing import ClassVar

import msgspec


class Change(msgspec.Struct, frozen=True, gc=False, tag_field="type", forbid_unknown_fields=True, omit_defaults=True):
    """One change of the state. Its kind is the subclass, and ``type`` in the record.

    Attributes:
        since: the format since which the kind exists.
    """

    since: ClassVar[int] = 1
