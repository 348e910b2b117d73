"""The routes, by what they are about; each returns a body of `bodies/` or raises.

Routes are plain functions, so each runs in a thread of its own: the desk's ports block.
"""
