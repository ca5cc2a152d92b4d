"""The HTTP interface of the ways back, and of signing in with them."""
