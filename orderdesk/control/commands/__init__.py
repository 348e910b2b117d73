"""One command, one file; `lazy_commands.py` says what it is made of."""
