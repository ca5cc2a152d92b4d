"""The HTTP interface of the ways back: codes, mail, passkeys, and signing in with them."""
