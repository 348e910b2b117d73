"""What is known of one environment variable; the variables themselves stand in the tables."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Secrecy(StrEnum):
    """How much of a value may be shown; all but OPEN may also come from a file (`NAME_FILE`)."""

    OPEN = "OPEN"
    MASKED = "MASKED"
    """A URL, shown without its password."""
    HIDDEN = "HIDDEN"
    """Nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable. Without a `field` it is only recognised: explained, or an alias of a kind.

    `default` holds in TEST, `live` in LIVE where that differs; both may name other variables
    in braces. An empty `live` means that LIVE has no default: the value must be given.
    """

    name: str
    meaning: str
    rule: str
    """Completes "must be …"."""
    default: str
    read: Callable[[str], object]
    """Turns text into the value; raises ValueError, with a reason if the rule needs one."""
    field: str = ""
    live: str | None = None
    aliases: tuple[str, ...] = ()
    secrecy: Secrecy = Secrecy.OPEN
    empty: str = ""
    """What an empty value means; nothing here means as if it were not set."""
    in_file: bool = False
    """True: though it is no secret, it may also come from a file."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it may be set under."""
        plain = (self.name, *self.aliases)
        if self.secrecy is Secrecy.OPEN and not self.in_file:
            return plain
        return tuple(form for name in plain for form in (name, f"{name}_FILE"))

    def shown(self, text: str) -> str:
        """Return a value as people may see it."""
        if self.secrecy is Secrecy.HIDDEN:
            return "(set)" if text not in ("", "none") else "(not set)"
        if self.secrecy is Secrecy.OPEN:
            return text
        # Up to the last @, whatever is between: a password may hold what a URL should not.
        text = re.sub(r"://.*@", "://***@", text)
        return re.sub(r"(?i)(pass[a-z]*=)[^&]*", r"\1***", text)
