"""Domain model: commands, changes, state and the rules that both services share."""
