"""What an operator does with a journal: verify it, read it, take it along, bring it back."""
