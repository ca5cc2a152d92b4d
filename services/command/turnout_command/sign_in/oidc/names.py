"""Names of new users, from the names that the provider has for them."""

from collections.abc import Iterable
from typing import Final

from pydantic import TypeAdapter, ValidationError

from turnout_core.domain.fields import Name
from turnout_core.domain.limits import NAME_MAX_CHARS

NAMELESS: Final = "Guest"  # until they choose a name
_NAME: Final[TypeAdapter[str]] = TypeAdapter(Name)


def choose_name(names: Iterable[str]) -> str | None:
    """The first of ``names`` that the rules of names accept, shortened if it is too long; None if there is none."""
    for name in names:
        try:
            return _NAME.validate_python(" ".join(name.split())[:NAME_MAX_CHARS])
        except ValidationError:
            continue
    return None
