"""The rows of the table, in order."""

from collections.abc import Awaitable, Callable
from typing import Final

from durable import durable_commands
from fanout import conflation, many_views, maximum_rate, memory, one_frame_per_change
from latency import views_latency, views_max
from recovery import command_to_socket, herd, several_gateways, stalled_clients
from row import Bench, Row

ROWS: Final[dict[str, Callable[[Bench], Awaitable[Row]]]] = {
    "frame": one_frame_per_change,
    "max": maximum_rate,
    "views": many_views,
    "latency": views_latency,
    "views-max": views_max,
    "conflation": conflation,
    "memory": memory,
    "commands": durable_commands,
    "command": command_to_socket,
    "herd": herd,
    "stalled": stalled_clients,
    "gateways": several_gateways,
}
