"""The embedded Valkey: process, supervision and repair of its files."""
