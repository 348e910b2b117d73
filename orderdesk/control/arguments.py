"""Options that several commands share, and who is at the keyboard."""

import os
import pwd
from typing import Annotated

import typer

from orderdesk.core.markets import normalise_symbol
from orderdesk.errors import InvalidOrder

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


def known_symbol(text: str) -> str:
    """Return a symbol as the desk writes it; nothing stays nothing.

    Raises:
        InvalidOrder: it is no symbol.
    """
    try:
        return normalise_symbol(text) if text else ""
    except ValueError as error:
        raise InvalidOrder(str(error), "symbol", text) from None


def this_person() -> str:
    """Return who runs this process, as the system knows it: what is recorded as "by"."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
