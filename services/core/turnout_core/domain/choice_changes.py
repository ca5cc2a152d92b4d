"""Changes of what people choose about notices: preferences, subscriptions to push, and the feed of their events."""

from typing import ClassVar

from turnout_core.domain.change import Change
from turnout_core.domain.people import PushSubscription
from turnout_core.domain.preferences import Preferences


class PreferencesSet(Change, frozen=True, gc=False, tag="preferences-set"):
    """``preferences`` replace the former ones; None stands for the defaults."""

    since: ClassVar[int] = 5

    user: str
    preferences: Preferences | None = None


class PushAdded(Change, frozen=True, gc=False, tag="push-added"):
    """It replaces a subscription with the same id, also of another user: a browser shows the notices of one person."""

    since: ClassVar[int] = 5

    user: str
    push: PushSubscription


class PushRemoved(Change, frozen=True, gc=False, tag="push-removed"):
    """The subscription ends. Those of a session end with it, and all of a blocked user with the block."""

    since: ClassVar[int] = 5

    user: str
    id: str


class FeedSet(Change, frozen=True, gc=False, tag="feed-set"):
    """The secret feed of ``user`` has this number (``User.feed``), and earlier links end; 0 for no feed."""

    since: ClassVar[int] = 5

    user: str
    feed: int = 0


class MailBounced(Change, frozen=True, gc=False, tag="mail-bounced"):
    """Mail to the address of ``user`` comes back; no notice goes there until they confirm an address again."""

    since: ClassVar[int] = 5

    user: str


ChoiceChange = PreferencesSet | PushAdded | PushRemoved | FeedSet | MailBounced
