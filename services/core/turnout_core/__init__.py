"""What is said and what is remembered; both services stand on it."""
