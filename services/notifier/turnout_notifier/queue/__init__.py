"""The queue of deliveries in Valkey: it holds each at most once until it is sent, and those that failed for good."""
