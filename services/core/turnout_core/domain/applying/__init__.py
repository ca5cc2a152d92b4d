"""What each change does to the state. ``apply`` calls these functions; they trust the rules that made the changes."""
