"""Live clients: admission, watches, broadcasts, heartbeats and presence, without I/O."""
