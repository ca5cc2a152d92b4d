"""The single writer."""
