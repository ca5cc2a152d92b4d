"""Views of the replica, which clients read and watch. No I/O."""
