"""A believable month of events, and the client that asks for it."""
