"""Processes: connections to Valkey, tasks, signals, clocks and settings."""
