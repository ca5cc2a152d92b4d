"""Makes a channel when there is something to send: its libraries take a part of the time of a start."""

from collections.abc import Callable

from turnout_notifier.channels.port import Batch, Channel, Result


class OnFirstUse:
    """Satisfies ``Channel`` by the channel that ``make`` returns, which is called once."""

    def __init__(self, make: Callable[[], Channel]) -> None:
        self._make = make
        self._channel: Channel | None = None

    async def send(self, batch: Batch) -> Result:
        if self._channel is None:
            self._channel = self._make()
        return await self._channel.send(batch)
