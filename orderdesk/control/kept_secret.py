"""A secret that is made once and kept in the home, readable to this user only."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from orderdesk.errors import SettingsError


def kept_secret(path: Path, *, random_bytes: int, what: str) -> str:
    """Return the secret in a file; the first call makes it, of so many random bytes.

    Raises:
        SettingsError: the file is there, but empty.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path, random_bytes)
    secret = path.read_text(encoding="ascii").strip()
    if not secret:
        rule = f"a {what}, or not there"
        raise SettingsError(f"{path}: must be {rule}; it is empty. Remove it.", str(path), "", rule)
    return secret


def _make(path: Path, random_bytes: int) -> None:
    """Put the file there whole: two processes may do this at once, and the first one wins."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mkstemp: mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        # No commas: Flower takes them for the end of a user.
        file.write(secrets.token_urlsafe(random_bytes) + "\n")
    with contextlib.suppress(FileExistsError):
        Path(path).hardlink_to(name)
    Path(name).unlink()
