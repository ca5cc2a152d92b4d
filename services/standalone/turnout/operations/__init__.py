"""The operator's commands for a journal: verify, read, back up, import, restore and accept."""
