"""Programs that no Python index has, and what becomes of the tests that need one.

Mark such a test `needs_program("chromium")`. Without the program it is left out by name, with
the command that brings it; where `CI` is set it fails, because nobody reads what was left out.
"""

import os
import shutil
from collections.abc import Iterable

import pytest

MARKER = "needs_program"
COMMAND = "make tools"


def missing(item: pytest.Item) -> list[str]:
    """Return the programs that a test needs and that are not on the PATH."""
    needed: Iterable[str] = (
        name for mark in item.iter_markers(MARKER) for name in (str(word) for word in mark.args)
    )
    return sorted({name for name in needed if shutil.which(name) is None})


def require_programs(item: pytest.Item) -> None:
    """Leave a test out, or fail it in CI, if a program it needs is not there."""
    if not (names := missing(item)):
        return
    reason = f"{item.nodeid} needs {', '.join(names)}: `{COMMAND}` brings it"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}; CI is set, so that nothing may be left out", pytrace=False)
    pytest.skip(reason)
