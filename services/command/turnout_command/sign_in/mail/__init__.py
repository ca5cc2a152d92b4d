"""Sends one-time codes by mail: the message, and the queue in front of the mail server."""
