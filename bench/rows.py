"""The table, in its order."""

from collections.abc import Awaitable, Callable
from typing import Final

from fanout import conflation, each_change_a_frame, many_views, memory, most
from recovery import command_to_socket, gateways, herd, stalled
from row import Bench, Row

ROWS: Final[dict[str, Callable[[Bench], Awaitable[Row]]]] = {
    "frame": each_change_a_frame,
    "max": most,
    "views": many_views,
    "conflation": conflation,
    "memory": memory,
    "command": command_to_socket,
    "herd": herd,
    "stalled": stalled,
    "gateways": gateways,
}
