"""The effect of a commit, so that views can follow."""

import msgspec


class Affected(msgspec.Struct):
    """The part of the state that a commit has changed.

    Attributes:
        events: by id, the users whose relation to the event, or whose name in it, has changed.
        users: users whose own record has changed, such as their sessions or their role.
        has_moderation: True if reports or the audit have changed.
        inboxes: users whose inbox has changed.
    """

    events: dict[str, list[str]] = {}
    users: list[str] = []
    has_moderation: bool = False
    inboxes: tuple[str, ...] = ()

    def add(self, event: str, *users: str) -> None:
        """Adds an event, and users of it."""
        self.events.setdefault(event, []).extend(users)
