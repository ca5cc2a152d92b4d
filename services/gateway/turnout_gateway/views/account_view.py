"""``me/account``: the sessions of the signed-in user, the ways on which they come back, and their choices."""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from turnout_core.domain.preferences import NO_CHOICE, Preferences
from turnout_core.domain.state import State
from turnout_core.protocol.restricted_items import (
    AccountItem,
    LinkedAccountItem,
    PasskeyItem,
    PreferencesItem,
    PushItem,
    SessionItem,
)
from turnout_core.web.signed_links import SignedLinks
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item, encode_all
from turnout_gateway.views.personal_view import PersonalAddress, PersonalKind, PersonalView
from turnout_gateway.views.view_kind import Refresh


class AccountAddress(PersonalAddress, frozen=True, gc=False):
    canonical: ClassVar[str] = "me/account"


class AccountView(PersonalView):
    """The view of one user."""

    __slots__ = ()

    def __init__(self, address: AccountAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.user = address.user

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or self.user in collapsed.people


class AccountKind(PersonalKind[AccountAddress, AccountView]):
    address_type = AccountAddress

    def create(self, address: AccountAddress, loaded_at: Revision) -> AccountView:
        return AccountView(address, loaded_at, self.source.collapsed)

    def render(self, view: AccountView) -> dict[str, Item]:
        return _render(self.source.state, view.user, self.source.links)

    def affected(self, refresh: Refresh) -> Iterable[str]:
        return [user for user in refresh.users if user in self._open]


def _render(state: State, user: str, links: SignedLinks | None) -> dict[str, Item]:
    """The items of a user: no secret but the path of their feed, and no digest or key of one."""
    found = state.users[user]
    return encode_all(
        (
            AccountItem(
                key="account",
                rank=0,
                id=user,
                name=found.name,
                recovery=bool(found.recovery),
                mail=found.mail or None,
                bounced=found.bounced or msgspec.UNSET,
                moderator=True if user in state.moderators else msgspec.UNSET,
                blocked=found.blocked or msgspec.UNSET,
                feed=links.feed_path(user, found.feed) if found.feed and links is not None else msgspec.UNSET,
            ),
            _preferences(found.notify or NO_CHOICE),
            *(
                SessionItem(
                    key=f"session:{each.id}", rank=each.opened_at,
                    id=each.id, device=each.device, opened_at=each.opened_at, seen_at=each.seen_at,
                )
                for each in found.sessions
            ),
            *(
                PasskeyItem(
                    key=f"passkey:{each.id}", rank=each.added_at, id=each.id, name=each.name, added_at=each.added_at
                )
                for each in found.passkeys
            ),
            *(
                LinkedAccountItem(
                    key=f"linked-account:{each.id}", rank=each.added_at,
                    id=each.id, label=each.label, added_at=each.added_at,
                )
                for each in found.accounts
            ),
            *(
                PushItem(
                    key=f"push:{each.id}", rank=each.added_at,
                    id=each.id, session=each.session, added_at=each.added_at,
                )
                for each in found.pushes
            ),
        )
    )  # fmt: skip


def _preferences(chosen: Preferences) -> PreferencesItem:
    return PreferencesItem(
        key="preferences", rank=0,
        reminders=chosen.reminders, mail=chosen.mail, push=chosen.push, quiet=chosen.quiet, zone=chosen.zone or None,
    )  # fmt: skip
