"""The settings of the notifier."""

from turnout_core.mail.config import MailSettings


class Settings(MailSettings):
    """Those of all services, and of mail."""
