"""The single writer: lease, group commit, responses."""
