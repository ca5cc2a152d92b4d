"""Items and messages that clients read, and their rendering from the state."""
