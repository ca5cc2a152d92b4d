"""The routes of reads over HTTP."""
