"""Names of the keys and channels of a community in Valkey."""

from dataclasses import dataclass

from turnout_core.domain.position import Position


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
    """The keys of the notifier, which only notifiers and operators write.

    Attributes:
        cursor: hash with the position up to which notices have become deliveries.
        queue: sorted set of the ids of deliveries that wait, by the time in ms since 1970 at which they are due.
        deliveries: hash of those deliveries by id.
        paced: sorted set of the recipients who had a mail lately, by its time.
        dead: hash of the deliveries that have failed for good, by id.
        dead_times: sorted set of their ids by the time of the failure.
    """

    lease: LeaseKeys
    cursor: str
    queue: str
    deliveries: str
    paced: str
    dead: str
    dead_times: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys and channels of one community.

    All have the community as hash tag, so a cluster stores them in one slot (Valkey documentation, "Cluster
    specification").
    """

    community: str = "turnout"

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

        def name(suffix: str) -> str:
            return self._name(f"notifier:{suffix}")

        return NotifierKeys(
            LeaseKeys(name("lease"), name("fence"), name("holder")),
            name("cursor"), name("queue"), name("deliveries"), name("paced"), name("dead"), name("dead-times"),
        )  # fmt: skip

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
