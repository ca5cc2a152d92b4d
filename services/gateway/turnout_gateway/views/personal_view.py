"""The kinds whose views belong to one user each. Only that user watches one, while a session of theirs is open."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

import msgspec

from turnout_core.domain.rejections import NotSignedIn
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item
from turnout_gateway.views.query import refuse_parameters, user_of
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind


class PersonalAddress(msgspec.Struct, frozen=True, gc=False):
    """The address of one user's own view; ``canonical`` is the same for every user."""

    user: str

    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None
    canonical: ClassVar[str]


class PersonalView(View):
    """The view of one user."""

    __slots__ = ("user",)

    user: str


AddressT = TypeVar("AddressT", bound=PersonalAddress)
ViewT = TypeVar("ViewT", bound=PersonalView)


class PersonalKind(ViewKind[AddressT, ViewT]):
    """Views found by their user."""

    address_type: ClassVar[Any]

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, ViewT] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> AddressT | None:
        if path != cls.address_type.canonical:
            return None
        refuse_parameters(path, query)
        address: AddressT = cls.address_type(user_of(path, viewer))
        return address

    def check_access(self, address: AddressT, viewer: Viewer) -> None:
        """Only the user, and only in a session that has not ended."""
        self.source.check_owner(address.user, viewer)

    @abstractmethod
    def create(self, address: AddressT, loaded_at: Revision) -> ViewT: ...

    @abstractmethod
    def render(self, view: ViewT) -> dict[str, Item]:
        """All items of the view. Its user exists."""

    @abstractmethod
    def affected(self, refresh: Refresh) -> Iterable[str]:
        """The users with an open view whose items may have changed."""

    def load(self, view: ViewT) -> Mapping[str, Item]:
        if view.user not in self.source.state.users:
            raise NotSignedIn
        self._open[view.user] = view
        return self.render(view)

    def close(self, view: ViewT) -> None:
        self._open.pop(view.user, None)

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        if not self._open:
            return
        for user in self.affected(refresh):
            view = self._open[user]
            if user in self.source.state.users:  # else the hub ends the watches
                view.replace_items(self.render(view), refresh.revision)
                refresh.add_if_changed(view)
