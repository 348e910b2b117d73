"""Who may look at Flower: one user, and a password made once and kept in the home."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from orderdesk.errors import SettingsError

USER = "desk"


def flower_password(home: Path) -> str:
    """Return the password; the first call makes it, readable to this user only.

    Raises:
        SettingsError: the file is there, but empty.
    """
    path = home / "flower.password"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        _make(path)
    password = path.read_text(encoding="ascii").strip()
    if not password:
        rule = "a password, or not there"
        raise SettingsError(f"{path}: must be {rule}; it is empty. Remove it.", str(path), "", rule)
    return password


def _make(path: Path) -> None:
    """Put the file there whole: two processes may do this at once, and the first one wins."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mkstemp: mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        # No commas: Flower takes them for the end of a user.
        file.write(secrets.token_urlsafe(12) + "\n")
    with contextlib.suppress(FileExistsError):
        Path(path).hardlink_to(name)
    Path(name).unlink()
