"""`python -m orderdesk`, and the console script `orderdesk`."""

import sys

from orderdesk.control.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
