"""A month of sample events, and the client that creates it through the API."""
