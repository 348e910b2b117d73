"""`python -m orderdesk.simulator`: run the simulator by itself."""

import argparse
import sys

from orderdesk.simulator.command_line import run
from orderdesk.simulator.options import add_arguments


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
