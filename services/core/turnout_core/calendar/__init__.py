"""Events as iCalendar files (RFC 5545), for downloads, feeds and mails."""
