"""A view: items by key, already encoded, and one way out of it, ``since``.

A view remembers which keys were touched last and when, so it can tell anybody what they do not have yet. Two clocks say
when:

* a *turn* counts the refreshes of this process. It orders every change, also those that no commit caused. A client that
  is connected here is at the turn of its last frame.
* the *position* counts commits. A client that comes back, from here or from another gateway, knows only that.

A change without a commit (an event ended, somebody looked away) happens between two positions, and on every gateway at
a slightly different moment. So it is *late*: whoever comes back with a position near it gets it again, which is
harmless, because patches are states. ``settle`` says when everybody's position is certainly beyond it.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

import msgspec

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection
from turnout_gateway.views.collapsed import Blur, Blurs
from turnout_gateway.wire.frame_out import Frame

Order = Literal["ascending", "descending"]
Seen = int | Position | None
"""What a client has of a view: everything up to a turn, up to a position, or nothing."""

_LOG_MAX_KEYS: Final = 2_000  # beyond this a snapshot costs less than a patch
_FRAMES_MAX: Final = 64  # different starting points for which the frame is kept, until the next change
_FRAMES_MAX_BYTES: Final = 1 << 20  # of the patches among them
_NEVER: Final = 1 << 62

_encode: Final = msgspec.json.Encoder().encode


class Mark(NamedTuple):
    """When something is touched.

    Attributes:
        late: no commit caused it, so no position tells whether a client has it.
    """

    turn: int
    seq: int
    late: bool = False


class View:
    """
    Attributes:
        name: the canonical address.
        turn: of the last change.
        ended: why nobody can watch it any more; None while they can.
    """

    __slots__ = (
        "_blurs",
        "_body",
        "_floor_seq",
        "_floor_turn",
        "_frames",
        "_frames_at",
        "_frames_bytes",
        "_head",
        "_items",
        "_late",
        "_log",
        "_whole",
        "ended",
        "name",
        "order",
        "turn",
    )

    def __init__(self, name: str, order: Order, born: Mark, blurs: Blurs) -> None:
        self.name = name
        self.order: Order = order
        self.turn = born.turn
        self.ended: Rejection | None = None
        self._blurs = blurs
        self._items: dict[str, tuple[int, bytes]] = {}
        self._log: dict[str, Mark] = {}  # the last touch of each key, oldest first; what left is here and not in _items
        self._late: dict[str, int] = {}  # of the keys that were touched late: the position by which everybody has it
        self._floor_turn = born.turn  # whoever has seen less than the floor needs a snapshot
        self._floor_seq = born.seq
        self._head = b'","view":' + _encode(name)
        self._frames: dict[Seen, Frame] = {}
        self._frames_at: Position | None = None
        self._frames_bytes = 0
        self._whole: Frame | None = None
        self._body: bytes | None = None

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def keys(self) -> Iterable[str]:
        return self._items.keys()

    def concerned(self, blur: Blur) -> bool:
        """Whether the view may have looked different in the middle of that range than at its ends."""
        raise NotImplementedError

    def fill(self, items: Mapping[str, tuple[int, bytes]]) -> None:
        """The content at birth: nobody has seen less."""
        self._items.update(items)

    def put(self, key: str, rank: int, data: bytes, mark: Mark) -> None:
        """Adds the item, or replaces it where it differs."""
        item = (rank, data)
        if self._items.get(key) != item:
            self._items[key] = item
            self._touch(key, mark)

    def drop(self, key: str, mark: Mark) -> None:
        """Removes the item, if it is there."""
        if self._items.pop(key, None) is not None:
            self._touch(key, mark)

    def replace(self, items: Mapping[str, tuple[int, bytes]], mark: Mark) -> None:
        """Makes ``items`` the whole content, touching what differs."""
        for key in [key for key in self._items if key not in items]:
            self.drop(key, mark)
        for key, (rank, data) in items.items():
            self.put(key, rank, data, mark)

    def forget(self, mark: Mark, *, turns: bool) -> None:
        """From now on nobody who comes back with an earlier position gets a patch; nor, with ``turns``, who is here."""
        self._floor_seq = mark.seq
        if turns:
            self._floor_turn = self.turn = mark.turn
        self._clear_frames()

    def outdate(self, seq: int) -> None:
        """Whoever comes back with a position before ``seq`` may have seen what was never to be seen here."""
        self._floor_seq = max(self._floor_seq, seq)

    def unsettle(self, key: str) -> None:
        """No position tells whether a client has this item, so whoever comes back gets it."""
        self._late[key] = _NEVER

    def settle(self, key: str, seq: int) -> None:
        """Whoever comes back with a position beyond ``seq`` has the last late change of ``key``."""
        if key in self._log:
            self._late[key] = seq
        elif self._late.pop(key, None) is not None:
            self._floor_seq = max(self._floor_seq, seq + 1)

    def distrust(self) -> None:
        """No position tells what a client has of this view, so whoever comes back gets a snapshot."""
        self._floor_seq = _NEVER

    def trust(self, seq: int) -> None:
        """Who comes back with a position beyond ``seq`` has all that was before ``distrust``."""
        self._floor_seq = seq + 1

    def since(self, seen: Seen, here: Position, asked: str | None = None) -> Frame:
        """What brings a client that has ``seen`` to ``here``: a patch, or a snapshot where no patch is known to do.

        ``here`` is the position of the replica, which this view reflects; ``asked`` the client's own spelling of the
        address, where the answer has to name it.
        """
        if self._frames_at != here or len(self._frames) >= _FRAMES_MAX or self._frames_bytes > _FRAMES_MAX_BYTES:
            self._clear_frames()
            self._frames_at = here
        frame = self._frames.get(seen)
        if frame is None:
            frame = self._frames[seen] = self._made(seen, here)
        return frame if asked is None or asked == self.name else self._respelt(frame, asked)

    def shed(self) -> None:
        """Forgets what can be made anew from the items: for a view that nobody watches."""
        self._clear_frames()
        self._body = None

    def _made(self, seen: Seen, here: Position) -> Frame:
        keys = self._known_to_do(seen, here)
        if keys is None:
            return self._snapshot(here)
        frame = self._patch(keys, here)
        self._frames_bytes += len(frame.wire)
        return frame

    def _known_to_do(self, seen: Seen, here: Position) -> list[str] | None:
        """The keys of the patch; None where none is known to do."""
        if isinstance(seen, int) and seen >= self._floor_turn:
            return self._touched_after_turn(seen)
        if isinstance(seen, Position) and seen.epoch == here.epoch and self._floor_seq <= seen.seq <= here.seq:
            blur = self._blurs.at(seen.seq)
            if blur is None or not self.concerned(blur):
                return self._touched_after_seq(seen.seq)
        return None

    def touched_in(self, turn: int) -> list[str]:
        """The keys whose last change was in ``turn``, the newest one, or later."""
        return self._touched_after_turn(turn - 1)

    def _touched_after_turn(self, turn: int) -> list[str]:
        keys = []
        for key, mark in reversed(self._log.items()):
            if mark.turn <= turn:
                break
            keys.append(key)
        return keys

    def _touched_after_seq(self, seq: int) -> list[str]:
        keys = []
        for key, mark in reversed(self._log.items()):
            if mark.seq <= seq:
                break
            keys.append(key)
        known = set(keys)
        keys.extend(key for key, until in self._late.items() if until >= seq and key not in known)
        return keys

    def _patch(self, keys: Iterable[str], here: Position) -> Frame:
        upsert, remove = [], []
        for key in keys:
            item = self._items.get(key)
            if item is None:
                remove.append(key)
            else:
                upsert.append(item[1])
        return self._frame("patch", here, b',"upsert":[%b],"remove":%b}' % (b",".join(upsert), _encode(remove)))

    def _snapshot(self, here: Position) -> Frame:
        if self._whole is None:
            self._whole = self._frame("snapshot", here, self._content())
        return self._whole

    def _content(self) -> bytes:
        if self._body is None:
            descending = self.order == "descending"
            keys = sorted(self._items, key=lambda key: (self._items[key][0], key), reverse=descending)
            items = b",".join([self._items[key][1] for key in keys])
            self._body = b',"order":"' + self.order.encode() + b'","items":[' + items + b"]}"
        return self._body

    def _frame(self, kind: Literal["snapshot", "patch"], here: Position, tail: bytes) -> Frame:
        at = str(here)
        head = b'{"type":"%b%b,"at":"%b"' % (kind.encode(), self._head, at.encode())
        return Frame(head + tail, kind, self.name, at)

    def _respelt(self, frame: Frame, asked: str) -> Frame:
        """The same, for a client that spells the address its own way. Not kept: there is no end to spellings."""
        payload = frame.payload
        head = len(b'{"type":"') + len(frame.kind) + len(self._head)
        return Frame(
            b"".join((payload[:head], b',"asked":', _encode(asked), payload[head:])), frame.kind, self.name, frame.at
        )

    def _clear_frames(self) -> None:
        self._frames.clear()
        self._frames_bytes = 0
        self._whole = None

    def _touch(self, key: str, mark: Mark) -> None:
        self._log.pop(key, None)
        self._log[key] = mark
        if mark.late:
            self.unsettle(key)
        self.turn = mark.turn
        self._body = None
        self._frames_at = None
        if len(self._log) > _LOG_MAX_KEYS:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        key = next(iter(self._log))
        oldest = self._log.pop(key)
        self._floor_turn = max(self._floor_turn, oldest.turn)
        self._floor_seq = max(self._floor_seq, oldest.seq)
        if (until := self._late.get(key, _NEVER)) != _NEVER:
            self.settle(key, until)
