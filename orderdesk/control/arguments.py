"""Options that several commands share, and who is at the keyboard."""

import argparse
import os
import pwd

from orderdesk.contracts import DEFAULT_ACCOUNT


def add_json(parser: argparse.ArgumentParser) -> None:
    """Offer the answer as JSON, for machines."""
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def add_account(parser: argparse.ArgumentParser) -> None:
    """Let an account be named."""
    parser.add_argument(
        "--account", default=DEFAULT_ACCOUNT, help="the account's alias (%(default)s)"
    )


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Ask for a reason; it is written down for ever."""
    parser.add_argument("--reason", required=True, help="why; it is written down")


def this_person() -> str:
    """Return who runs this process, as the system knows it: what is recorded as "by"."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
