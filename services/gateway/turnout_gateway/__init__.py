"""The gateway: follows the journal and sends live views to clients. Any number may run."""
