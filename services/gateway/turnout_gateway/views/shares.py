"""Shares of the open views: to whom each is charged, and who has most. Pure; each operation takes constant time."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from turnout_gateway.views.view_kind import Address


class Owner(NamedTuple):
    """The client that a view is charged to: its address as for ``Peer``, and its user; None for a visitor."""

    remote_address: str = ""
    user: str | None = None


class Account(NamedTuple):
    """One of the two things whose views are counted."""

    kind: Literal["address", "user"]
    name: str


ANYONE: Final = Owner()
"""Opens views for no client in particular."""


def accounts_of(owner: Owner) -> tuple[Account, ...]:
    """The accounts that a view of ``owner`` is charged to."""
    address = Account("address", owner.remote_address)
    return (address,) if owner.user is None else (address, Account("user", owner.user))


class Shares:
    """The watched views of a pool, each charged to one of its watchers.

    A view that many clients watch is charged once, so the sum over all addresses is the number of views. The account
    with most views therefore has at least its fair share: all views, divided by the addresses.
    """

    def __init__(self) -> None:
        self._owners: dict[Address, Owner] = {}
        self._views: dict[Account, OrderedDict[Address, None]] = {}  # oldest charge first
        self._accounts: dict[int, OrderedDict[Account, None]] = {}  # by number of views
        self._most = 0

    def __len__(self) -> int:
        """The number of views."""
        return len(self._owners)

    def owner_of(self, address: Address) -> Owner | None:
        """The client that the view is charged to; None for none."""
        return self._owners.get(address)

    def count(self, account: Account) -> int:
        """The number of views of this account."""
        return len(self._views.get(account, ()))

    def charge(self, address: Address, owner: Owner) -> None:
        """Charges the view to ``owner``, and to nobody else from now on."""
        if self._owners.get(address) == owner:
            return
        self.release(address)
        self._owners[address] = owner
        for account in accounts_of(owner):
            views = self._views.setdefault(account, OrderedDict())
            views[address] = None
            self._move(account, len(views) - 1, len(views))

    def release(self, address: Address) -> None:
        """Charges the view to nobody."""
        owner = self._owners.pop(address, None)
        if owner is None:
            return
        for account in accounts_of(owner):
            views = self._views[account]
            del views[address]
            if not views:
                del self._views[account]
            self._move(account, len(views) + 1, len(views))

    def find_giver(self, opener: Owner) -> Account | None:
        """The account that gives up a view so that ``opener`` can open one; None if each has at most one.

        That is the account with most views. If ``opener`` would have as many, it is the opener's own.
        """
        own = self._larger_account(opener)
        if self._most > self.count(own) + 1:
            return next(iter(self._accounts[self._most]))
        return own if self.count(own) else None

    def oldest(self, account: Account) -> Address:
        """The view that was charged to this account before all its others."""
        return next(iter(self._views[account]))

    def find_heir(self, giver: Account, address: Address, watchers: Iterable[Owner]) -> Owner | None:
        """The first watcher of the view that still has less than ``giver`` when it takes it over; None for none."""
        count, charged = self.count(giver), accounts_of(self._owners[address])
        for each in watchers:
            accounts = accounts_of(each)
            if giver not in accounts:
                others = max(self.count(account) - (account in charged) for account in accounts)
                if others == 0 or others + 1 < count:
                    return each
        return None

    def _larger_account(self, owner: Owner) -> Account:
        return max(accounts_of(owner), key=self.count)

    def _move(self, account: Account, before: int, after: int) -> None:
        """Sorts the account anew after its number of views has changed by one."""
        if before:
            same = self._accounts[before]
            del same[account]
            if not same:
                del self._accounts[before]
        if after:
            self._accounts.setdefault(after, OrderedDict())[account] = None
        if after > self._most or self._most not in self._accounts:
            self._most = after
