"""Measurements of a whole desk in processes of its own; no test lives here."""
