"""Counts the people who look at an event. Pure; each operation takes constant time."""

from typing import Final

from turnout_gateway.views.shares import Owner

VISITORS_PER_ADDRESS_MAX: Final = 5
"""Visitors without a session behind one address that count.

A household, or a table in a café, has about so many people. A script with a thousand links counts as five. A crowd of
visitors behind one address counts as five, too: a number that is too low is better than one that anyone can make up.
"""


class LookingPeople:
    """The people behind the links that look at an event. A user counts once, with all devices and tabs.

    Attributes:
        count: number of people.
    """

    __slots__ = ("_links", "count")

    def __init__(self) -> None:
        self.count = 0
        self._links: dict[str, int] = {}  # by user, or by address of visitors

    def add(self, owner: Owner) -> None:
        """Adds a link that looks."""
        key, people_max = _person(owner)
        links = self._links[key] = self._links.get(key, 0) + 1
        self.count += links <= people_max

    def remove(self, owner: Owner) -> None:
        """Removes a link that was added."""
        key, people_max = _person(owner)
        links = self._links[key] - 1
        self.count -= links < people_max
        if links:
            self._links[key] = links
        else:
            del self._links[key]

    def clear(self) -> None:
        self.count = 0
        self._links.clear()


def _person(owner: Owner) -> tuple[str, int]:
    """The user, or the address of visitors, and how many of its links count."""
    return (owner.remote_address, VISITORS_PER_ADDRESS_MAX) if owner.user is None else (owner.user, 1)
