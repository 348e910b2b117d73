"""The soak: paper trading under load for a while, watched, with a report at its end."""
