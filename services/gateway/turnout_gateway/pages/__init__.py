"""Pages: the built ``index.html`` with what a page shows, for people before JavaScript and for crawlers. Pure."""
