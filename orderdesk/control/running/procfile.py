"""PURE: read a Procfile, the list of processes that a desk is made of.

Heroku's format: `name: command`, one a line; blank lines and lines that begin with # are
passed over. A command is words as a shell would split them, but no shell runs it: variables
and pipes mean nothing here, because settings come from the environment.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from orderdesk.errors import SettingsError

_LINE = re.compile(r"([A-Za-z0-9_-]+):\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Process:
    """One line of a Procfile."""

    name: str
    words: tuple[str, ...]

    @property
    def is_worker(self) -> bool:
        """True if this is a Celery worker, which can be asked whether it is there."""
        return "celery" in self.words and "worker" in self.words

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues a worker was told to serve."""
        if "-Q" not in self.words[:-1]:
            return ()
        return tuple(self.words[self.words.index("-Q") + 1].split(","))


def parse(text: str) -> tuple[Process, ...]:
    """Return the processes of a Procfile, in its order.

    Raises:
        SettingsError: a line cannot be read, or a name stands there twice, or there is none.
    """
    found: dict[str, Process] = {}
    for number, line in _lines(text):
        match = _LINE.fullmatch(line)
        if match is None:
            raise _broken(number, line, rule="a line reads `name: command`")
        name = match[1]
        if name in found:
            raise _broken(number, line, rule=f"the name {name} stands there twice")
        found[name] = Process(name, _words(number, match[2]))
    if not found:
        raise SettingsError("the Procfile names no process", "Procfile", "", "`name: command`")
    return tuple(found.values())


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped


def _words(number: int, command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise _broken(number, command, rule=f"its quotes do not match ({error})") from None


def _broken(number: int, line: str, *, rule: str) -> SettingsError:
    return SettingsError(f"Procfile, line {number}: {line!r}: {rule}", "Procfile", line, rule)
