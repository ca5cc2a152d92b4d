"""The tasks of a gateway: flushes, drains, head lookups and the presence between gateways."""
