"""`turnout up`: the whole product in one process."""
