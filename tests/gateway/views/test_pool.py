"""Shares of open views: who gets one when there is no room, and who loses one."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from turnout_core.domain.rejections import Unavailable
from turnout_gateway.views.list_view import EventsAddress
from turnout_gateway.views.pool import Pool
from turnout_gateway.views.shares import Account, Owner, accounts_of
from turnout_gateway.views.view_kind import Address

LIMIT: Final = 6


def search(word: str) -> EventsAddress:
    return EventsAddress(words=(word,))


def nobody_else(_: Address) -> Iterable[Owner]:
    return ()


@pytest.mark.parametrize(
    ("owners", "opener", "closed"),
    [
        ("aaab", "c", "0"),  # the oldest of the greediest
        ("baaa", "b", "1"),
        ("aabb", "a", "0"),  # both have as many: the opener's own
        ("aabb", "c", "0"),
        ("abcd", "a", "0"),  # a replaces its own
        ("abcd", "e", None),  # each has one
        ("aab", "c", ""),  # there is room
    ],
)
def test_the_oldest_view_of_the_greediest_goes(owners: str, opener: str, closed: str | None) -> None:
    pool = Pool("searches", 4)
    for number, owner in enumerate(owners):
        pool.set_watched(search(str(number)), Owner(owner))
    if closed is None:
        with pytest.raises(Unavailable, match="Too many searches are open"):
            pool.find_excess(Owner(opener), nobody_else)
    else:
        assert pool.find_excess(Owner(opener), nobody_else) == (search(closed) if closed else None)


def test_an_unwatched_view_goes_first() -> None:
    pool = Pool("searches", 3)
    for number in range(3):
        pool.set_watched(search(str(number)), Owner("a"))
    pool.set_unwatched(search("2"))
    pool.set_unwatched(search("1"))
    assert pool.find_excess(Owner("b"), nobody_else) == search("2")


def test_a_person_at_many_addresses_is_one() -> None:
    pool = Pool("searches", 4)
    for number, owner in enumerate([Owner("a"), Owner("b", "ada"), Owner("c", "ada"), Owner("d")]):
        pool.set_watched(search(str(number)), owner)
    assert pool.find_excess(Owner("e"), nobody_else) == search("1")


def test_a_watcher_with_less_takes_a_view_over() -> None:
    pool = Pool("searches", 3)
    for number in range(3):
        pool.set_watched(search(str(number)), Owner("a"))
    watchers: dict[Address, list[Owner]] = {
        search("0"): [Owner("a"), Owner("b")],
        search("1"): [Owner("a")],
        search("2"): [Owner("a")],
    }
    assert pool.find_excess(Owner("c"), watchers.__getitem__) == search("1")
    assert pool.shares.owner_of(search("0")) == Owner("b")


def test_a_visitor_at_the_address_of_a_greedy_user_keeps_their_only_view() -> None:
    pool = Pool("searches", 3)
    pool.set_watched(search("shared"), Owner("a", "ada"))
    for number in range(2):
        pool.set_watched(search(str(number)), Owner("b"))
    watchers: dict[Address, list[Owner]] = {
        search("shared"): [Owner("a", "ada"), Owner("a")],
        search("0"): [Owner("b")],
        search("1"): [Owner("b")],
    }
    assert pool.find_excess(Owner("c", "ada"), watchers.__getitem__) == search("0")
    assert pool.shares.owner_of(search("shared")) == Owner("a")


owner_strategy = st.builds(Owner, st.sampled_from("abcde"), st.sampled_from([None, None, "ada", "bob"]))
word_strategy = st.integers(0, 12).map(str)


class PoolOfWatchers(RuleBasedStateMachine):
    """Clients that open, watch and leave views, as the hub lets them. ``watchers`` is what really happens."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = Pool("searches", LIMIT)
        self.watchers: dict[Address, list[Owner]] = {}  # an empty list: unwatched

    @rule(word=word_strategy, owner=owner_strategy)
    def watch(self, word: str, owner: Owner) -> None:
        address = search(word)
        if address not in self.watchers and not self._make_room(owner):
            return
        watchers = self.watchers.setdefault(address, [])
        if not watchers:
            self.pool.set_watched(address, owner)
        watchers.append(owner)

    @rule(word=word_strategy, owner=owner_strategy)
    def read(self, word: str, owner: Owner) -> None:
        address = search(word)
        if address not in self.watchers and self._make_room(owner):
            self.watchers[address] = []
            self.pool.set_unwatched(address)

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        watched = sorted(each.canonical for each, owners in self.watchers.items() if owners)
        if not watched:
            return
        name = data.draw(st.sampled_from(watched))
        address = next(each for each in self.watchers if each.canonical == name)
        watchers = self.watchers[address]
        left = watchers.pop(data.draw(st.integers(0, len(watchers) - 1)))
        if not watchers:
            self.pool.set_unwatched(address)
        elif self.pool.shares.owner_of(address) == left:
            self.pool.set_watched(address, watchers[-1])

    @rule(word=word_strategy)
    def close(self, word: str) -> None:
        self.watchers.pop(search(word), None)
        self.pool.remove(search(word))

    @invariant()
    def the_counts_equal_reality(self) -> None:
        counts: Counter[Account] = Counter()
        for address, owners in self.watchers.items():
            charged_to = self.pool.shares.owner_of(address)
            assert (charged_to in owners) if owners else (charged_to is None)
            counts.update(accounts_of(charged_to) if charged_to else ())
        assert len(self.pool) == len(self.watchers) <= LIMIT
        for account in {each for name in "abcde" for user in ("ada", "bob") for each in accounts_of(Owner(name, user))}:
            assert self.pool.shares.count(account) == counts[account]

    def _make_room(self, opener: Owner) -> bool:
        addresses = {owner.remote_address for owners in self.watchers.values() for owner in owners}
        watched = sum(1 for owners in self.watchers.values() if owners)
        fair_share = watched // max(1, len(addresses))
        try:
            excess = self.pool.find_excess(opener, self.watchers.__getitem__)
        except Unavailable:
            newcomers_share = LIMIT // len(addresses | {opener.remote_address})
            assert self._charged(opener) >= newcomers_share
            return False
        for loser in self.watchers.pop(excess, []) if excess is not None else ():
            held = self._watched(loser) + 1
            assert held >= fair_share
            assert held > 1 or loser.remote_address == opener.remote_address or loser.user == opener.user
        if excess is not None:
            self.pool.remove(excess)
        assert len(self.watchers) < LIMIT
        return True

    def _charged(self, owner: Owner) -> int:
        return max(self.pool.shares.count(account) for account in accounts_of(owner))

    def _watched(self, owner: Owner) -> int:
        """The number of views that the greedier of the owner's accounts watches."""
        return max(
            sum(any(account in accounts_of(each) for each in owners) for owners in self.watchers.values())
            for account in accounts_of(owner)
        )


TestPoolOfWatchers = PoolOfWatchers.TestCase
TestPoolOfWatchers.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
