"""ONE VERB, ONE FILE: each flow is a story read from top to bottom.

Flows import core, ports and errors, and never an adapter.
"""
