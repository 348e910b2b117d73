"""Everywhere we trade: one folder a venue, and the one door to HTTP."""
