"""Sends mail: addresses, SMTP, a folder of mails for trying out, and the settings of all services that send any."""
