"""Ways to sign in that need short-lived secrets, which live in the memory of the leading command service only."""
