"""The Valkey server that an operation works on."""

from dataclasses import dataclass

from redis.asyncio import Redis

from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal


@dataclass(frozen=True, slots=True)
class JournalServer:
    """A server and the keys of its journal.

    Attributes:
        valkey: a client of the server.
        keys: the keys of the journal.
    """

    valkey: Redis
    keys: Keys

    def journal(self) -> ValkeyJournal:
        """Returns the journal through the port of the services."""
        return ValkeyJournal(self.valkey, self.valkey, self.keys)
