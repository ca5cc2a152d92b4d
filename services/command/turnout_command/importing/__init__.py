"""Calendar files (RFC 5545) and tables (CSV) as drafts of events."""
