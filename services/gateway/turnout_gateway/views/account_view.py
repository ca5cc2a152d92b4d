"""``me/account``: the sessions of the signed-in user, the ways on which they come back, and their choices."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from turnout_core.domain.preferences import NO_CHOICE, Preferences
from turnout_core.domain.rejections import NotSignedIn
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
from turnout_gateway.views.query import refuse_parameters
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind


class AccountAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of one user's own view; canonically ``me/account`` for every user."""

    user: str

    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None
    canonical: ClassVar[str] = "me/account"


class AccountView(View):
    """The view of one user."""

    __slots__ = ("user",)

    def __init__(self, address: AccountAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.user = address.user

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or self.user in collapsed.people


class AccountKind(ViewKind[AccountAddress, AccountView]):
    """Accounts, found by their user."""

    address_type = AccountAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, AccountView] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> AccountAddress | None:
        if path != "me/account":
            return None
        refuse_parameters(path, query)
        if viewer is None:
            raise NotSignedIn
        return AccountAddress(viewer)

    def check_access(self, address: AccountAddress, viewer: Viewer) -> None:
        """Only the user, and only in a session that has not ended."""
        if self.source.identify(viewer).user != address.user:
            raise NotSignedIn

    def create(self, address: AccountAddress, loaded_at: Revision) -> AccountView:
        return AccountView(address, loaded_at, self.source.collapsed)

    def load(self, view: AccountView) -> Mapping[str, Item]:
        if view.user not in self.source.state.users:
            raise NotSignedIn
        self._open[view.user] = view
        return _render(self.source.state, view.user, self.source.links)

    def close(self, view: AccountView) -> None:
        self._open.pop(view.user, None)

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        if not self._open:
            return
        for user in refresh.users:
            view = self._open.get(user)
            if view is not None and user in self.source.state.users:  # else the hub ends the watches
                view.replace_items(_render(self.source.state, user, self.source.links), refresh.revision)
                refresh.add_if_changed(view)


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
