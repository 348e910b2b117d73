"""What was given for a variable: under one of its names, or in a file that a name points to.

The environment itself is read in `settings.py` alone, and handed in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orderdesk.errors import SettingsError
from orderdesk.settings_variable import Variable


@dataclass(frozen=True, slots=True)
class Given:
    """A value's text, and the variable the user set it with."""

    text: str
    source: str


def find(row: Variable, environ: Mapping[str, str]) -> Given | None:
    """Return what was given for a variable; None if nothing was.

    Raises:
        SettingsError: two of its names say different things, or a file cannot be read.
    """
    found = [given for name in row.names if (given := _look(row, name, environ))]
    if len({given.text for given in found}) > 1:
        names = " and ".join(given.source for given in found)
        message = f"{names} differ, but they are one setting: keep one of them, or make them equal."
        raise SettingsError(message, row.name, "", "one value")
    return found[0] if found else None


def _look(row: Variable, name: str, environ: Mapping[str, str]) -> Given | None:
    if name not in environ:
        return None
    text = environ[name].strip()
    if text and name.endswith("_FILE"):
        text = _content(name, text)
    text = text or row.empty
    return Given(text, name) if text else None


def _content(name: str, path: str) -> str:
    rule = "a file that this user can read, with the value in it"
    try:
        text = Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not plain ASCII"
        raise SettingsError(f"{name}={path}: must be {rule}; {why}.", name, path, rule) from None
    if not text:
        raise SettingsError(f"{name}={path}: must be {rule}; it is empty.", name, path, rule)
    return text
