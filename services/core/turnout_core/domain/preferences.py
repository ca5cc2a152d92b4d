"""Preferences of people for their notices: which reminders, by which channels, and at which hours."""

from typing import Final, Literal, get_args

import msgspec

from turnout_core.domain.notices import Lead, NoticeKind

Channel = Literal["mail", "push"]
"""How a notice reaches somebody who is not looking at the page."""

LEADS: Final[tuple[Lead, ...]] = get_args(Lead)
KINDS: Final[tuple[NoticeKind, ...]] = get_args(NoticeKind)


class Preferences(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """The choices of one person; the defaults hold for everyone who has chosen nothing.

    Attributes:
        reminders: how long before the start they get one.
        mail, push: the kinds that do not come by this channel.
        quiet: from and to, each as ``HH:MM`` by the clock of ``zone``; mail and push wait until ``to``. It may pass
            midnight. None for no quiet hours.
        zone: IANA time zone; empty without one, and never with quiet hours.
    """

    reminders: tuple[Lead, ...] = LEADS
    mail: tuple[NoticeKind, ...] = ()
    push: tuple[NoticeKind, ...] = ()
    quiet: tuple[str, str] | None = None
    zone: str = ""

    def without(self, channel: Channel, kinds: tuple[NoticeKind, ...]) -> "Preferences":
        """The same preferences, with ``kinds`` switched off for ``channel``."""
        off = {*getattr(self, channel), *kinds}
        return msgspec.structs.replace(self, **{channel: tuple(each for each in KINDS if each in off)})


NO_CHOICE: Final = Preferences()
