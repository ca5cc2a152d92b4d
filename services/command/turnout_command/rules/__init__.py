"""The rules of commands, as pure functions."""
