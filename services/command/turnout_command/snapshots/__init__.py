"""Snapshots of the journal: the snapshotter and its schedule."""
