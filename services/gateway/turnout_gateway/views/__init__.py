"""Views of the replica: what clients can watch."""
