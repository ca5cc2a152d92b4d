"""Renders notices for people. Pure: time is an argument."""
