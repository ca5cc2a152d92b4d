"""Reads over HTTP."""
