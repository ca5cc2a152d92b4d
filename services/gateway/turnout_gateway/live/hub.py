"""Which client watches which view, and who gets what: the one place where frames are handed out.

All clients that have seen the same of a view are told the same, so one frame serves them. Who is as far as the last
broadcast is only a member of ``Audience.current``; what somebody has seen is kept for the few who are *behind*: their
sink was full, and when it drains they get ``since`` that. Nothing else is kept per client and view, and nothing queues.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid, NotSignedIn, Rejection
from turnout_core.domain.state import User
from turnout_core.protocol.messages import Close, Unwatch, Watch
from turnout_gateway.live.audience import Audience, Client, Lag
from turnout_gateway.live.client_protocol import Allowance, Ended, Refused, Session
from turnout_gateway.live.counters import Counts
from turnout_gateway.live.keepalive import Pulse
from turnout_gateway.live.pending import Early, Want, ahead
from turnout_gateway.live.ports import Sink, Way
from turnout_gateway.views.address import Address, EventAddress, MeAddress, parse
from turnout_gateway.views.registry import Views
from turnout_gateway.views.view import View
from turnout_gateway.wire.frame_out import Frame, beat, fail, hello

VIEWS_PER_CLIENT_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """What clients are granted.

    Attributes:
        beat_ms: interval of the beats on an idle link.
        stall_s: a client that takes nothing for so long, while something waits for it, is cut off.
    """

    allowance: Allowance = field(default_factory=Allowance)
    views_per_client: int = VIEWS_PER_CLIENT_MAX
    beat_ms: int = 10_000
    stall_s: float = 20.0


class Hub:
    """
    Args:
        stir: called when there is something to tell: ``tick`` is wanted soon.
        looks: called when the number of clients that watch an event has changed.
        doubt: called with a client that is still ahead of the replica after a while; ``judge`` is wanted.
        clock: seconds, only forward; ``now_ms``: ms since 1970.
    """

    def __init__(
        self,
        views: Views,
        terms: Terms,
        *,
        stir: Callable[[], None],
        looks: Callable[[str, int], None],
        doubt: Callable[[Client], None],
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self.views = views
        self.counts = Counts()
        self.clients = Pulse(terms.beat_ms / 1000, terms.stall_s)
        self._terms = terms
        self._stir = stir
        self._looks = looks
        self._doubt = doubt
        self._clock = clock
        self._now_ms = now_ms
        self._audiences: dict[View, Audience] = {}
        self._early = Early(terms.views_per_client, clock)

    def enter(self, sink: Sink, user: User | None, place: str = "") -> Client:
        """A new client, which hears hello. Raises Unavailable while the replica is not there."""
        position = self.views.position
        client = Client(sink, Session(self._terms.allowance, self._clock()), user, place)
        self.clients.enter(client)
        self.counts.connected += 1
        self._tell(client, hello(str(position), client.user, self._terms.beat_ms))
        return client

    def leave(self, client: Client) -> None:
        """The client's connection is gone."""
        self.clients.leave(client)
        self._early.end(client)
        for address in list(client.views):
            self._unwatch(client, address)

    def received(self, client: Client, message: bytes | str) -> None:
        """The client has said something."""
        match client.session.received(message, self._terms.allowance, self._clock()):
            case Watch(view=view, at=at):
                self.watch(client, view, at)
            case Unwatch(view=view):
                self._unwatch_asked(client, view)
            case Refused(code=code, detail=detail):
                self._refuse(client, None, code, detail)
            case Ended(code=close):
                self.close(client, close)

    def counted(self, client: Client) -> bool:
        """Counts a frame that is no whole message; False when it was one too many, and the client has been closed."""
        if client.session.allowed(self._terms.allowance, self._clock()):
            return True
        self.close(client, Close.TOO_FAST)
        return False

    def stuck(self, client: Client) -> None:
        """The client's sink has become full: until it has drained, broadcasts pass it by."""
        self.clients.stuck(client, self._clock())
        for audience in client.views.values():
            if audience.current.pop(client, None) is not None:
                audience.behind[client] = Lag(audience.turn)

    def drained(self, client: Client) -> None:
        """The client's sink takes frames again."""
        self.clients.drained(client)
        self._catch_up_all(client)

    def _catch_up_all(self, client: Client) -> None:
        for audience in client.views.values():
            if client.sink.full:
                break
            if client in audience.behind:
                self._catch_up(client, audience)

    def tick(self) -> None:
        """Tells everybody what has changed since the last tick, one frame per view."""
        self.views.refresh(self._now_ms())
        self.counts.ticks += 1
        changed, self.views.changed = self.views.changed, set()
        ended, self.views.ended = self.views.ended, set()
        self._broadcast(changed - ended)
        for view in ended:
            self._end(view)
        self._retry_early()

    def pulse(self) -> None:
        """Beats for who heard nothing lately, and the end for who takes nothing. Wanted every ``clients.step_s``."""
        now_s = self._clock()
        for client in self.clients.stalled(now_s):
            self.abort(client, "stalled")
        self._retry_early()
        self.tell(self.clients.idle(now_s), beat(str(self.views.position)))
        self.views.sweep(self._now_ms())

    def tell(self, clients: Collection[Client], frame: Frame) -> None:
        """One frame to all of these."""
        for client in clients:
            client.sink.write(frame)
        self.counts.sent(frame, len(clients))

    def close(self, client: Client, code: Close) -> None:
        self.counts.closed[code.name.lower()] += 1
        client.sink.close(code)

    def abort(self, client: Client, reason: str) -> None:
        self.counts.aborted[reason] += 1
        client.sink.abort()

    def watch(self, client: Client, asked: str, at: str | None) -> None:
        """Answers with a snapshot, a patch or a fail, and keeps the client up to date from then on.

        Time must not run backwards for a client: where it has seen more than the replica here, the answer waits for the
        replica; when that takes too long, ``judge`` decides.
        """
        try:
            seen = None if at is None else _position(at)
            address = parse(asked, client.user)
            if seen is not None and ahead(seen, self.views.position):
                self._early.postpone(client, address, Want(asked, seen))
                return
            audience = client.views.get(address) or self._join(client, address)
        except Rejection as rejection:
            self._refuse(client, asked, rejection.code, rejection.detail)
            return
        audience.current.pop(client, None)
        audience.behind[client] = Lag(seen, asked)
        if not client.sink.full:
            self._catch_up(client, audience)

    def _join(self, client: Client, address: Address) -> Audience:
        if len(client.views) >= self._terms.views_per_client:
            raise Invalid(f"One link watches at most {self._terms.views_per_client} views.")
        if isinstance(address, MeAddress):
            self._still_signed_in(client)
        view = self.views.open(address, self._now_ms())
        audience = self._audiences.get(view)
        if audience is None:
            audience = self._audiences[view] = Audience(address, view)
            self.views.watched(address)
        client.views[address] = audience
        audience.behind[client] = Lag(None)
        self._count(audience)
        return audience

    def _unwatch_asked(self, client: Client, asked: str) -> None:
        try:
            address = parse(asked, client.user)
        except Rejection as rejection:
            self._refuse(client, asked, rejection.code, rejection.detail)
        else:
            self._unwatch(client, address)

    def _unwatch(self, client: Client, address: Address) -> None:
        self._early.withdraw(client, address)
        audience = client.views.pop(address, None)
        if audience is None:
            return
        audience.current.pop(client, None)
        audience.behind.pop(client, None)
        self._count(audience)
        if not audience and self._audiences.pop(audience.view, None) is not None:
            self.views.unwatched(address, self._now_ms())

    def _broadcast(self, changed: Iterable[View]) -> None:
        """Brings everybody from the last broadcast of these views, or from wherever they are, to now.

        First all frames are made and then all are written, as both go faster without the other in between: the kernel's
        part of a write costs a quarter less when it follows another one.

        Who is behind is looked for in every view that has changed: where a catch-up has brought the last broadcast to
        where the view is, there is nothing left to broadcast, but others may have seen less.
        """
        audiences = [self._audiences[view] for view in changed if view in self._audiences]
        frames = [
            (audience, audience.view.since(audience.turn, self.views.position))
            for audience in audiences
            if audience.view.turn > audience.turn
        ]
        now_s = self._clock()
        for audience, frame in frames:
            self._write(audience, frame, now_s)
        for audience in audiences:
            for client, lag in list(audience.behind.items()):
                if not client.sink.full:
                    self._catch_up(client, audience)
                elif lag.seen != audience.view.turn:
                    self.counts.skipped += 1

    def _write(self, audience: Audience, frame: Frame, now_s: float) -> None:
        """To all who are current. What is not taken at once is rare, and finds its way through ``Sink.write``.

        The loop touches nothing of a client but the way to it: most of what it costs is memory that nobody has used
        lately.
        """
        self.counts.sent(frame, len(audience.current))
        audience.turn = audience.view.turn  # who becomes full of this frame has it
        audience.sent_at_s = now_s
        wire = frame.wire
        size = len(wire)
        short: dict[Way, int] = {}
        for way in audience.current.values():
            try:
                taken = way.send(wire)
            except OSError:
                taken = 0
            if taken != size:
                short[way] = taken
        if short:
            for client, taken in [(each, short[way]) for each, way in audience.current.items() if way in short]:
                client.sink.write(frame, taken)

    def _catch_up(self, client: Client, audience: Audience) -> None:
        """Brings a client that is behind, and not full, to where the view is."""
        self.views.refresh(self._now_ms())
        if self.views.changed or self.views.ended:
            self._stir()
        lag = audience.behind.pop(client)
        view = audience.view
        if lag.asked is not None or lag.seen != view.turn:
            frame = view.since(lag.seen, self.views.position, lag.asked)
            if isinstance(lag.seen, Position) and frame.kind == "patch":
                self.counts.resumed_by_patch += 1
            elif isinstance(lag.seen, Position):
                self.counts.resumed_by_snapshot += 1
            self._tell(client, frame)
        if not audience.current:
            audience.turn = view.turn
        if audience.turn == view.turn and not client.sink.full:
            audience.current[client] = client.sink.way
        else:  # it is full now, or has what the others wait for until the tick
            audience.behind[client] = Lag(view.turn)

    def _retry_early(self) -> None:
        if not len(self._early):
            return
        for client, want in self._early.arrived(self.views.position):
            self.watch(client, want.asked, str(want.seen))
        for client in self._early.overdue():
            self._doubt(client)

    def judge(self, client: Client, head: Position | None) -> None:
        """Ends the wait of a client that was in doubt, given where the journal ends, None where nobody knows.

        Who has seen more than the journal holds has seen a history that is lost, and starts over. Anybody else is only
        ahead of this replica, and is sent elsewhere.
        """
        wants = self._early.end(client)
        if not wants:
            return
        if head is None or not all(ahead(want.seen, head) for want in wants):
            self.close(client, Close.BEHIND)
            return
        for want in wants:
            self.watch(client, want.asked, None)

    def _end(self, view: View) -> None:
        audience = self._audiences.pop(view, None)
        if audience is None or view.ended is None:
            return
        frame = fail(view.name, view.ended.code, view.ended.detail)
        for client in (*audience.current, *audience.behind):
            del client.views[audience.address]
            self._tell(client, frame)
        audience.current.clear()
        audience.behind.clear()
        self._count(audience)

    def _still_signed_in(self, client: Client) -> None:
        state = self.views.state
        user = state.users.get(client.user or "") if state else None
        if user is None or user.session != client.number:
            raise NotSignedIn

    def _count(self, audience: Audience) -> None:
        if isinstance(audience.address, EventAddress):
            self._looks(audience.address.event, len(audience))

    def _refuse(self, client: Client, view: str | None, code: str, detail: str) -> None:
        self.counts.refused[code] += 1
        self._tell(client, fail(view, code, detail))

    def _tell(self, client: Client, frame: Frame) -> None:
        self.tell((client,), frame)


def _position(at: str) -> Position:
    try:
        return Position.parse(at)
    except ValueError as error:
        raise Invalid(str(error)) from None
