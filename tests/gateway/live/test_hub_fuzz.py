"""Random clients on two gateways have the newest views after each flush, and their positions never decrease."""

import random
from collections.abc import Callable

import pytest
from fake_writer import START_MS, FakeWriter, replay
from history import BEGINNING
from view_replica import Replica, snapshot_items

from turnout_core.domain import access
from turnout_core.domain.host_changes import Invited, Uninvited
from turnout_core.domain.moderation_changes import EventHidden, EventRestored, UserBlocked, UserUnblocked
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.protocol.messages import Close
from turnout_gateway.live.audience import Client
from turnout_gateway.live.hub import Hub, HubConfig
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.view_kind import Viewer
from turnout_gateway.wire.frame_out import Frame

LISTS = ("events?when=upcoming", "events?when=upcoming&limit=2")
OWN = ("me", "me?when=upcoming&q=board", "me?when=past", "me/calendar?month=2026-11", "me/tags?when=upcoming")
PARTS = ("", "/people?status=going")
STEPS = 150


class Site:
    """A gateway's hub, whose replica may lag."""

    def __init__(self) -> None:
        self.state = State(BEGINNING.position, BEGINNING.hash)
        self.views = ViewRegistry()
        self.views.on_snapshot(self.state)
        self.now_s = 0.0
        self.ahead_clients: list[Client] = []
        self.hub = Hub(
            self.views,
            HubConfig(),
            request_flush=lambda: None,
            on_viewers_changed=lambda _event, _clients: None,
            on_ahead=self.ahead_clients.append,
            clock=lambda: self.now_s,
            now_ms=lambda: START_MS,
        )

    def follow(self, records: list[bytes]) -> None:
        self.views.on_commits(replay(records, self.state))


class Browser:
    """A client that resumes its views on another gateway; also its sink, which the test congests."""

    def __init__(self, user: str | None) -> None:
        self.user = user
        self.viewer = Viewer()
        self.is_congested = False
        self.socket = self
        self.congests_on_next_view = False  # the next view congests it
        self.is_closed = False
        self.site: Site | None = None
        self.client: Client
        self.views: dict[str, Replica] = {}

    def send(self, data: bytes, /) -> int:
        assert not self.is_congested, "a view was written to a congested sink"
        return len(data) // 2

    def write(self, frame: Frame, sent: int = 0) -> None:
        assert sent in (0, len(frame.wire) // 2)
        assert not (self.is_congested and frame.at), "a view was written to a congested sink"
        replica = self.views.get(frame.view)
        if frame.kind == "fail":
            self.views.pop(frame.view, None)
        elif replica is not None:
            replica.apply(frame.payload)
        if frame.at and self.congests_on_next_view and self.site is not None:
            self.is_congested, self.congests_on_next_view = True, False
            self.site.hub.on_congested(self.client)

    def unsent(self) -> int:
        return 1

    def close(self, code: Close) -> None:  # noqa: ARG002 - the signature is the port's
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = True

    def connect(self, site: Site) -> None:
        self.disconnect()
        self.site, self.is_congested, self.is_closed = site, False, False
        found = site.state.users.get(self.user or "")
        self.viewer = Viewer(found.id, found.session) if found is not None else Viewer()
        self.client = site.hub.connect(self, self.viewer)
        for view, replica in list(self.views.items()):
            site.hub.watch(self.client, view, replica.at)

    def disconnect(self) -> None:
        if self.site is not None:
            self.site.hub.disconnect(self.client)
            self.site = None

    def watch(self, view: str) -> None:
        if self.site is not None:
            replica = self.views.setdefault(view, Replica())
            self.site.hub.watch(self.client, view, replica.at)

    def unwatch(self, view: str) -> None:
        if self.site is not None and self.views.pop(view, None) is not None:
            self.site.hub.on_message(self.client, f'{{"type":"unwatch","view":"{view}"}}')

    def toggle_congestion(self) -> None:
        if self.site is not None:
            self.is_congested = not self.is_congested
            (self.site.hub.on_congested if self.is_congested else self.site.hub.on_drained)(self.client)


class TwoGateways:
    """A writer, two gateways and their clients, with random actions."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.writer = FakeWriter()
        self.sites = [Site(), Site()]
        self.users = [self.writer.user() for _ in range(3)]
        self.browsers = [Browser(user) for user in (None, None, *self.users, self.users[0])]
        self.actions: dict[Callable[[], None], int] = {
            self.change: 6,
            self.restrict: 2,
            self.change_person: 1,
            self.follow: 6,
            self.flush: 3,
            self.keep_alive: 1,
            self.connect: 4,
            self.disconnect: 2,
            self.watch: 6,
            self.unwatch: 1,
            self.toggle_congestion: 2,
            self.congest_on_next_view: 1,
        }

    @property
    def events(self) -> list[str]:
        return list(self.writer.state.events)

    def step(self) -> None:
        actions, weights = zip(*self.actions.items(), strict=True)
        self.random.choices(actions, weights)[0]()
        for browser in self.browsers:
            if browser.is_closed:
                browser.disconnect()

    def change(self) -> None:
        if not self.events or self.random.random() < 0.2:
            self.writer.event(self.random.choice(self.users), self.random.randint(1, 4))
            return
        event, user = self.random.choice(self.events), self.random.choice(self.users)
        if self.random.random() < 0.1:
            self.writer.delete(event)
        elif user in self.writer.state.events[event].attendances:
            self.writer.leave(event, user)
        else:
            self.writer.join(event, user)

    def restrict(self) -> None:
        if self.events:
            choice = self.random.choice
            event, user = choice(self.events), choice(self.users)
            if choice((True, False)):
                visibility, guest_list = choice(("public", "private")), choice(("everyone", "going", "hosts"))
                self.writer.edit(event, visibility=visibility, guest_list=guest_list)
            elif choice((True, False)):
                is_hidden = self.writer.state.events[event].hidden
                self.writer.commit(EventRestored(event) if is_hidden else EventHidden(event))
            else:
                is_invited = access.is_invited(self.writer.state.events[event], user)
                self.writer.commit(Uninvited(event, user) if is_invited else Invited(event, user))

    def change_person(self) -> None:
        user = self.random.choice(self.users)
        match self.random.randrange(3):
            case 0:
                self.writer.sign_out(user)
            case 1:
                self.writer.rename(user, self.random.choice(("Ada", "Board", "Cleo")))
            case 2:
                is_blocked = self.writer.state.users[user].blocked
                self.writer.commit(UserUnblocked(user) if is_blocked else UserBlocked(user))

    def follow(self) -> None:
        site = self.random.choice(self.sites)
        site.follow(self.writer.history.records[: site.state.position.seq + self.random.randint(1, 3)])

    def flush(self) -> None:
        site = self.random.choice(self.sites)
        site.hub.flush()
        self.check(site)

    def keep_alive(self) -> None:
        site = self.random.choice(self.sites)
        site.now_s += self.random.random()
        site.hub.keep_alive()
        for client in site.ahead_clients:
            site.hub.resolve_ahead(client, self.writer.state.position)
        site.ahead_clients.clear()

    def connect(self) -> None:
        self.random.choice(self.browsers).connect(self.random.choice(self.sites))

    def disconnect(self) -> None:
        self.random.choice(self.browsers).disconnect()

    def watch(self) -> None:
        self.random.choice(self.browsers).watch(
            self.random.choice((*LISTS, *OWN, *(f"events/{each}{part}" for each in self.events for part in PARTS)))
        )

    def unwatch(self) -> None:
        self.random.choice(self.browsers).unwatch(self.random.choice(LISTS))

    def toggle_congestion(self) -> None:
        self.random.choice(self.browsers).toggle_congestion()

    def congest_on_next_view(self) -> None:
        self.random.choice(self.browsers).congests_on_next_view = True

    def finish(self) -> None:
        """Drains all clients, and brings both gateways up to date."""
        for browser in self.browsers:
            browser.congests_on_next_view = False
            if browser.is_congested:
                browser.toggle_congestion()
        for site in self.sites:
            site.follow(self.writer.history.records)
            site.hub.flush()
            self.check(site)

    def check(self, site: Site) -> None:
        """Checks that clients of ``site`` have the items of a GET, at positions that never decreased."""
        here = site.views.position
        for browser in self.browsers:
            if browser.site is not site or browser.is_congested:
                continue
            for view, replica in browser.views.items():
                seqs = [Position.parse(at).seq for at in replica.positions]
                assert seqs == sorted(seqs), "a position decreased"
                if seqs and seqs[-1] > here.seq:
                    continue  # the gateway lags behind what the client has seen elsewhere
                address = parse(view, browser.user, site.views.kinds)
                got = site.views.open(address, browser.viewer, START_MS).since(None, here)  # it may see what it has
                assert without_presence(replica.sorted_items()) == without_presence(snapshot_items(got.payload)), view


def without_presence(items: list[bytes]) -> list[bytes]:
    """The items without presence, which needs a bus."""
    return [item for item in items if b'"kind":"presence"' not in item]


@pytest.mark.parametrize("seed", range(20))
def test_after_a_flush_every_client_has_the_items_of_a_get(seed: int) -> None:
    gateways = TwoGateways(seed)
    for _ in range(STEPS):
        gateways.step()
    gateways.finish()
