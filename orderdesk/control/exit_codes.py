"""PURE: how every command ends, as a number that scripts can ask for. The table is in docs/cli.md.

2 is what shells and argument parsers mean by it, 130 is what a shell makes of Ctrl-C
(bash manual, "Exit Status", 2022).
"""

from orderdesk.errors import DeskError, Fate, InvalidOrder, SettingsError

DONE = 0
"""It was done, or all is well."""
NO = 1
"""The answer is a no: refused, not found, or trouble was found."""
WRONG = 2
"""Wrong use: a word, an order's field or a setting. Nothing was done."""
NO_ANSWER = 3
"""No answer, or none yet: out of reach or out of time. Asking again is safe."""
INTERRUPTED = 130
"""Ctrl-C."""

_PASSING = frozenset({Fate.RETRY, Fate.LATER, Fate.ASK})


def code_of(error: DeskError) -> int:
    """Return the exit code of a command that ended with this error."""
    if isinstance(error, SettingsError | InvalidOrder):
        return WRONG
    return NO_ANSWER if error.fate in _PASSING else NO
