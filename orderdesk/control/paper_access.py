"""The token of a desk on paper: made for its user, mode 600 in the home, and good there alone."""

from pathlib import Path

from orderdesk.control.kept_secret import kept_secret
from orderdesk.control.operators import TOKEN_BYTES

PAPER = "paper"
"""What its holder is called, as an operator."""


def paper_token(home: Path) -> str:
    """Return the token; the first call makes it.

    Raises:
        SettingsError: the file is there, but empty.
    """
    return kept_secret(home / "http.token", random_bytes=TOKEN_BYTES, what="token")
