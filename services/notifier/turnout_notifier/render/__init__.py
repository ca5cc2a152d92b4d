"""Renders what is sent: mails, push messages and the payloads of webhooks. Pure: time is an argument."""
