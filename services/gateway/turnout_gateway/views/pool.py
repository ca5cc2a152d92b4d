"""A pool: open views that share a limit, and the choice of the view that is closed for a new one. Pure."""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from turnout_core.domain.rejections import Unavailable
from turnout_gateway.views.shares import Owner, Shares
from turnout_gateway.views.view_kind import Address


class Pool:
    """The views of one pool. Each is watched, and then charged to an owner, or unwatched.

    Args:
        name: of its views, in messages.
        limit: of views.
    """

    def __init__(self, name: str, limit: int) -> None:
        self.shares = Shares()
        self._name = name
        self._limit = limit
        self._unwatched: OrderedDict[Address, None] = OrderedDict()  # longest unwatched first

    def __len__(self) -> int:
        return len(self.shares) + len(self._unwatched)

    def set_watched(self, address: Address, owner: Owner) -> None:
        """Adds the view, or charges it to ``owner`` from now on."""
        self._unwatched.pop(address, None)
        self.shares.charge(address, owner)

    def set_unwatched(self, address: Address) -> None:
        """Adds the view, or charges it to nobody from now on."""
        self.shares.release(address)
        self._unwatched[address] = None
        self._unwatched.move_to_end(address)

    def remove(self, address: Address) -> None:
        """Removes the view, if it is there."""
        self.shares.release(address)
        self._unwatched.pop(address, None)

    def find_excess(self, opener: Owner, watchers: Callable[[Address], Iterable[Owner]]) -> Address | None:
        """The view to close before ``opener`` opens another one; None if there is room.

        First the longest unwatched view goes. Then goes the oldest view of the address or user with most, if nobody
        watches it who has less: such a watcher takes it over instead, and the next oldest is considered.

        Raises Unavailable if nobody has more than one view and there is no room for another.
        """
        if len(self) < self._limit:
            return None
        if self._unwatched:
            return next(iter(self._unwatched))
        while (giver := self.shares.find_giver(opener)) is not None:
            address = self.shares.oldest(giver)
            heir = self.shares.find_heir(giver, address, watchers(address))
            if heir is None:
                return address
            self.shares.charge(address, heir)
        raise Unavailable(f"Too many {self._name} are open at this gateway. Try again later.")

    def reason(self) -> Unavailable:
        """The reason why a watched view of this pool was closed."""
        return Unavailable(
            f"Too many {self._name} are open, most of them by you or from your network. This one is no longer updated."
        )
