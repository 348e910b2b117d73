"""The desk's own HTTP side and its web page: questions, commands and a pushed board.

Nothing is decided here: reads come from the ledger and from caches, commands go the way that
every producer's go. docs/http.md tells a user what there is.
"""
