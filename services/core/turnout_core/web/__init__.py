"""HTTP parts that both services share."""
