"""The ways on which deliveries leave: each satisfies ``Channel`` of ``port.py``."""
