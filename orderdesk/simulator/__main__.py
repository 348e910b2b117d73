"""`python -m orderdesk.simulator`: run the simulator by itself."""

import argparse
import sys

from orderdesk.simulator.command_line import add_arguments, run


def main() -> int:
    """Parse the command line and run; give the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m orderdesk.simulator",
        description="A small MEXC for paper trading and tests.",
    )
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
