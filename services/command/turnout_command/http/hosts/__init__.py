"""The HTTP interface of the hosts of an event, and of the requests and links of its guests."""
