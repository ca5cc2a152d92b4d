"""Notices follow from commits: who gets which, how inboxes hold them, and who may still read them."""
