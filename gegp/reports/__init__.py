"""Runs as a page to look at."""
