"""The effect of each change on the state. ``apply`` calls these functions; they trust the rules."""
