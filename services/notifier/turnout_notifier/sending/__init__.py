"""The work of the one notifier that sends: it plans new notices, sends what is due, and records what became of it."""
