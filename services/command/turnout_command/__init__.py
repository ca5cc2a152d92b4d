"""The command service: decides commands and writes the journal."""
