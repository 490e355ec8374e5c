"""Engines: where evaluations run. Each yields outcomes as they finish."""
