"""Live clients: who watches which view, and who gets which frame."""
