"""The exchange's memory on disk: an append-only file of JSON lines under its home.

Why a file of lines and not SQLite: there is one writer, nothing is queried, and one write() per
answer costs a tenth of a commit. A line holds everything that one request changed, as new values
and not as commands, so half a request is never restored and a newer engine can read an older home.

A line is handed to the operating system before the answer goes out: it survives a kill of the
process at any instruction. It is not flushed to the platter: a power cut may lose the last answers.
On opening, the file is written anew with the last value of everything, then replaced in one step.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_FORMAT = 1


class HomeUnusable(RuntimeError):
    """Raised when a home cannot be used, and says why: (what is wrong and what to do)."""


class JournalBroken(RuntimeError):
    """Raised when a line could not be written: memory is ahead of the disk, so stop: (why)."""


class Journal:
    """One home's journal; a second process on the same home is refused."""

    def __init__(self, home: Path) -> None:
        """Take the home for this process.

        Raises:
            HomeUnusable: another simulator has it, or it cannot be made.
        """
        self._path = home / "journal.jsonl"
        self._file: int | None = None
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            message = f"{home} cannot be written ({error.strerror}); give another --home"
            raise HomeUnusable(message) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            message = f"another simulator uses {home}; stop it or give another --home"
            raise HomeUnusable(message) from None

    def read(self) -> Iterator[dict[str, Any]]:
        """Give the rows of every line, oldest first.

        A last line that was torn by a crash is left out: its answer was never sent.

        Raises:
            HomeUnusable: another line is damaged, or the format is a later one.
        """
        if not self._path.exists():
            return
        lines = self._path.read_bytes().split(b"\n")
        self._check_head(lines[0])
        # What follows the last line break is empty, or torn.
        for number, line in enumerate(lines[1:-1], start=2):
            try:
                yield json.loads(line)
            except ValueError:
                message = f"{self._path} is damaged in line {number}; give another --home"
                raise HomeUnusable(message) from None

    def start(self, rows: Iterable[dict[str, Any]]) -> None:
        """Begin a fresh file with these rows in place of the old one, and keep it open.

        Raises:
            HomeUnusable: the disk is full or gone; the old file is untouched.
        """
        fresh = self._path.with_suffix(".new")
        try:
            with fresh.open("wb") as file:
                file.write(_line({"format": _FORMAT}))
                file.writelines(_line(row) for row in rows)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        except OSError as error:
            message = f"{fresh} cannot be written ({error.strerror}); give another --home"
            raise HomeUnusable(message) from None

    def append(self, row: dict[str, Any]) -> None:
        """Hand one line to the operating system; `start` comes first.

        Raises:
            JournalBroken: the disk is full or gone, now or before. The torn line is the last one
                ever, so that the next opening can leave it out.
        """
        if self._file is None:
            raise JournalBroken(f"{self._path} is not open")
        line = _line(row)
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError as error:
            os.close(self._file)
            self._file = None
            raise JournalBroken(f"{self._path}: {error.strerror}") from error

    def close(self) -> None:
        """Let go of the home."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        os.close(self._lock)

    def _check_head(self, line: bytes) -> None:
        if line != _line({"format": _FORMAT}).rstrip(b"\n"):
            message = f"{self._path} is not a journal of format {_FORMAT}; give another --home"
            raise HomeUnusable(message)


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, separators=(",", ":"), default=str).encode() + b"\n"
