"""PURE: what the desk knows without a clock, a network or a disk.

Nothing here imports another room of ours or does I/O; time, randomness and
prices come in as arguments.
"""
