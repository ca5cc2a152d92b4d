"""All attacks."""

from typing import Final

from hostile.attacks.connection_floods import CONNECTION_FLOODS
from hostile.attacks.frames import FRAMES
from hostile.attacks.framing import FRAMING
from hostile.attacks.half_upgrades import HALF_UPGRADES
from hostile.attacks.large_heads import LARGE_HEADS
from hostile.attacks.pipelines import PIPELINES
from hostile.attacks.random_bytes import RANDOM_BYTES
from hostile.attacks.slow_requests import SLOW_REQUESTS
from hostile.attacks.unread_streams import UNREAD_STREAMS
from hostile.attacks.watches import WATCHES
from hostile.client import Attack

ATTACKS: Final[tuple[Attack, ...]] = (
    *PIPELINES,
    *SLOW_REQUESTS,
    *LARGE_HEADS,
    *FRAMING,
    *RANDOM_BYTES,
    *HALF_UPGRADES,
    *FRAMES,
    *WATCHES,
    *UNREAD_STREAMS,
    *CONNECTION_FLOODS,
)
