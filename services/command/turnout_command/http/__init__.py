"""The HTTP API of commands."""
