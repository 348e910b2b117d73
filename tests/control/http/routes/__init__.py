"""The routes, each held to what it is for."""
