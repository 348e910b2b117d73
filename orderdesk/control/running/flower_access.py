"""Who may look at Flower: one user, and a password made once and kept in the home."""

from pathlib import Path

from orderdesk.control.kept_secret import kept_secret

USER = "desk"


def flower_password(home: Path) -> str:
    """Return the password; the first call makes it, readable to this user only.

    Raises:
        SettingsError: the file is there, but empty.
    """
    return kept_secret(home / "flower.password", random_bytes=12, what="password")
