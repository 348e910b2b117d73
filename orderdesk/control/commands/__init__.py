"""One command, one file: `add_arguments(parser)` and `run(args) -> exit code`."""
