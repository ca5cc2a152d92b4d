"""The Valkey server that an operation works on."""

from dataclasses import dataclass

from redis.asyncio import Redis

from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal


@dataclass(frozen=True, slots=True)
class JournalServer:
    """
    Attributes:
        valkey: a client of the server.
        keys: of the journal there.
    """

    valkey: Redis
    keys: Keys

    def journal(self) -> ValkeyJournal:
        """The journal, as the services see it."""
        return ValkeyJournal(self.valkey, self.valkey, self.keys)
