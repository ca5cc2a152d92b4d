"""Readers and fan-out; any number of them."""
