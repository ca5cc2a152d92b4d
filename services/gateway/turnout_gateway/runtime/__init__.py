"""Timers, loops and the bus that drive the live sessions."""
