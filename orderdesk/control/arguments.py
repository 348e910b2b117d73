"""Options that several commands share, and who is at the keyboard."""

import os
import pwd
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
"""The answer as JSON, for machines."""

Account = Annotated[str, typer.Option(help="The account's alias.")]
"""An account, by its alias."""

Reason = Annotated[str, typer.Option(help="Why; it is written down.", show_default=False)]
"""A reason; it is written down for ever."""

OrderName = Annotated[
    str,
    typer.Argument(
        metavar="ORDER", help="Its idempotency key or client order id.", show_default=False
    ),
]
"""One order."""


def this_person() -> str:
    """Return who runs this process, as the system knows it: what is recorded as "by"."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
