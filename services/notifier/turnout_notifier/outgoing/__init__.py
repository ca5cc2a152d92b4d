"""Requests to addresses that guests choose: they reach public servers only, and are bounded."""
