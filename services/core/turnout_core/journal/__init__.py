"""The journal: its port, the Valkey adapter, records, snapshots, the follower and the lease."""
