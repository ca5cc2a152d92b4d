"""Snapshots of the journal: when they are due, and how they are made."""
