"""Which clients still say that they are looking.

The network process of a browser answers pings and reads frames for a page that is frozen, so only a message of the page
itself shows that it runs. Clients that never send one, such as those of earlier versions, are not here.
"""

from collections import OrderedDict

from turnout_gateway.live.audience import Client


class Attention:
    """The clients whose last report says that they are looking, in the order of these reports. All calls are O(1).

    Args:
        silence_s: time after a report for which it counts.
    """

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self._reported_at_s: OrderedDict[Client, float] = OrderedDict()

    def add(self, client: Client, now_s: float) -> None:
        """Notes a report of a client that is looking. ``now_s`` is monotonic time."""
        self._reported_at_s[client] = now_s
        self._reported_at_s.move_to_end(client)

    def remove(self, client: Client) -> None:
        """Forgets a client that is not looking, or whose connection has ended."""
        self._reported_at_s.pop(client, None)

    def pop_silent(self, now_s: float) -> list[Client]:
        """Removes and returns the clients whose last report counts no longer."""
        silent = []
        while self._reported_at_s:
            client, reported_at_s = next(iter(self._reported_at_s.items()))
            if now_s - reported_at_s <= self._silence_s:
                break
            del self._reported_at_s[client]
            silent.append(client)
        return silent
