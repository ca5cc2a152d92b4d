"""Names of the keys and channels of a community in Valkey."""

from dataclasses import dataclass

from turnout_core.domain.position import Position
from turnout_core.runtime.valkey_client import COMMUNITY


@dataclass(frozen=True, slots=True)
class LeaseKeys:
    """The keys of a lease.

    Attributes:
        lease: owner and term; expires with it.
        fence: number of the newest lease.
        holder: the last owner, unless it released the lease.
        head: of the journal that a leader must be able to read; empty if it needs none.
    """

    lease: str
    fence: str
    holder: str
    head: str = ""


@dataclass(frozen=True, slots=True)
class NotifierKeys:
    """The keys of the notifier, which only notifiers and operators write. All begin with ``prefix``."""

    prefix: str

    @property
    def lease(self) -> LeaseKeys:
        """The lease of the one that sends."""
        return LeaseKeys(f"{self.prefix}lease", f"{self.prefix}fence", f"{self.prefix}holder")

    @property
    def cursor(self) -> str:
        """Hash with the position up to which notices have become deliveries."""
        return f"{self.prefix}cursor"

    @property
    def deliveries(self) -> str:
        """Hash of the deliveries that wait, by id."""
        return f"{self.prefix}deliveries"

    @property
    def paced(self) -> str:
        """Sorted set of the recipients of recent mails, by the time in ms since 1970."""
        return f"{self.prefix}paced"

    @property
    def dead(self) -> str:
        """Hash of the deliveries that have failed for good, by id."""
        return f"{self.prefix}dead"

    @property
    def dead_times(self) -> str:
        """Sorted set of their ids by the time of the failure, in ms since 1970."""
        return f"{self.prefix}dead-times"

    @property
    def requests(self) -> str:
        """List of what a notifier asks the leading service to commit, such as to forget an address that is gone."""
        return f"{self.prefix}requests"

    def queue(self, channel: str) -> str:
        """Sorted set of the ids of a channel's waiting deliveries, by the time in ms since 1970 when they are due."""
        return f"{self.prefix}queue:{channel}"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys and channels of one community.

    All have the community as hash tag, so a cluster stores them in one slot (Valkey documentation, "Cluster
    specification").
    """

    community: str = COMMUNITY

    @property
    def head(self) -> str:
        """Hash with the position and hash of the last record."""
        return self._name("head")

    @property
    def stream(self) -> str:
        """Stream of the records."""
        return self._name("journal")

    @property
    def fence(self) -> str:
        """Fence of the newest lease."""
        return self._name("fence")

    @property
    def lease(self) -> str:
        """Owner and term of the lease; expires with it."""
        return self._name("lease")

    @property
    def holder(self) -> str:
        """The last owner of the lease, unless it released the lease."""
        return self._name("holder")

    @property
    def writer_lease(self) -> LeaseKeys:
        """The lease of the writer."""
        return LeaseKeys(self.lease, self.fence, self.holder, self.head)

    @property
    def notifier(self) -> NotifierKeys:
        """The keys of the notifier."""
        return NotifierKeys(self._name("notifier:"))

    @property
    def snapshots(self) -> str:
        """Sorted set of the complete snapshots."""
        return self._name("snapshots")

    @property
    def changes(self) -> str:
        """Channel of new records and heartbeats."""
        return self._name("changes")

    @property
    def presence(self) -> str:
        """Channel on which gateways publish how many clients watch an event."""
        return self._name("presence")

    @property
    def secret(self) -> str:
        """The secret that signs sessions."""
        return self._name("secret")

    @property
    def operator(self) -> str:
        """List of the commands that an operator asks the leading service to run."""
        return self._name("operator")

    def operator_reply(self, request: str) -> str:
        """List with the reply to one of them."""
        return f"{self.operator}:reply:{request}"

    def snapshot(self, position: Position | str) -> str:
        """List of the chunks of a snapshot."""
        return f"{self.snapshots}:{position}"

    def unfinished_snapshot(self, token: str) -> str:
        """List of the chunks of a snapshot that is being written; ``token`` is random."""
        return f"{self.snapshots}:unfinished:{token}"

    def _name(self, suffix: str) -> str:
        return f"{{{self.community}}}:{suffix}"
