"""Sends one-time codes by mail: addresses, the message, SMTP, and the queue in front of it."""
