"""The audit trail: one JSON object a line, one file a UTC day, `<home>/audit/<day>/events.jsonl`.

Lines are only ever appended, whole, by any number of processes at once, each chained to the one
before it (`core/audit_chain.py`). They are handed to the operating system before the call returns;
what must survive a power cut is in the ledger.
"""

import errno
import fcntl
import os
import time
from pathlib import Path

from orderdesk.core.audit_chain import BEGINNING, FILE, FOLDER, fingerprint, links, record_of
from orderdesk.core.events import Event
from orderdesk.telemetry.shapes import iso_utc, record, to_json

LOCK_WAIT_MS = 100
"""How long another writer may hold the file; a line takes microseconds, a frozen process ever."""

_DAY_MS = 86_400_000

_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
_LOOK_BYTES = 4_096
"""How much of the file's end is read at first; a record is about 500 bytes."""


class AuditFile:
    """Write every event under its own name and trace id; the names are S3's where it has them.

    Raises OSError when the line cannot be written: the disk is full, or the file is held.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._day = (-1, home)
        """The day that was written to last, counted from 1970 on, and its file."""
        self._left = ((0, 0, 0), "")
        """Which file this process left behind at which size, and the fingerprint of its end."""

    def __call__(self, event: Event) -> None:
        """Append one event to the file of its day."""
        # Opened anew each time, so that threads, forks, midnight and a file that somebody moved
        # away need no care.
        handle = self._open(self.path_of(event.at_ms))
        try:
            _lock(handle)  # the end of the file is read below, and must be the end when we write
            self._append(handle, event)
        finally:
            os.close(handle)

    def path_of(self, at_ms: int) -> Path:
        """Return the file that holds the events of a moment, in Unix ms."""
        day, path = self._day
        if day != at_ms // _DAY_MS:
            path = self._folder / iso_utc(at_ms)[:10] / FILE
            self._day = at_ms // _DAY_MS, path
        return path

    def _append(self, handle: int, event: Event) -> None:
        """Write a line in one call, apart from whatever was once cut short before it."""
        file = os.fstat(handle)
        as_it_is, (as_left, newest) = (file.st_dev, file.st_ino, file.st_size), self._left
        begin = b""
        if as_it_is == as_left:  # nobody wrote since, and what the end holds is known
            chain = links(newest)
        else:
            chain = self._links(handle, event)
            if file.st_size and os.pread(handle, 1, file.st_size - 1) != b"\n":
                begin = b"\n"
        told = to_json(record(event) | chain).encode()
        line = begin + told + b"\n"
        if os.write(handle, line) != len(line):
            raise OSError(errno.ENOSPC, "the line was cut short: the disk is full")
        self._left = (*as_it_is[:2], file.st_size + len(line)), fingerprint(told)

    def _links(self, handle: int, event: Event) -> dict[str, str]:
        """Return the chain's fields, read from the file's end, or from the day before it."""
        newest, scraps = _end_of(handle)
        if newest is not None:
            return links(newest, scraps=scraps)
        day, newest = self._before(iso_utc(event.at_ms)[:10])
        return links(newest, prev_day=day, scraps=scraps)

    def _before(self, day: str) -> tuple[str, str]:
        """Return the nearest earlier day that has a record, and the newest record's name."""
        earlier = sorted(path.name for path in self._folder.iterdir() if path.name < day)
        for name in reversed(earlier):
            try:
                handle = os.open(self._folder / name / FILE, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            try:
                newest, _ = _end_of(handle)
            finally:
                os.close(handle)
            if newest is not None:
                return name, newest
        return "", BEGINNING

    @staticmethod
    def _open(path: Path) -> int:
        try:
            return os.open(path, _APPEND, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, _APPEND, 0o600)


def _end_of(handle: int) -> tuple[str | None, bytes]:
    """Return the fingerprint of the newest whole record (None: there is none), and what follows it.

    Looks backwards, farther only where the end holds no whole record.
    """
    size = os.fstat(handle).st_size
    look = _LOOK_BYTES
    while True:
        start = max(0, size - look)
        lines = os.pread(handle, size - start, start).split(b"\n")
        # The first line may have begun before what was read.
        for index in range(len(lines) - 1, -1 if start == 0 else 0, -1):
            if record_of(lines[index]) is not None:
                return fingerprint(lines[index]), b"\n".join(lines[index + 1 :])
        if start == 0:
            return None, b"\n".join(lines)
        look *= 8


def _lock(handle: int) -> None:
    """Keep other writers out until the handle is closed, by which the lock ends too."""
    for _ in range(LOCK_WAIT_MS):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.001)
        else:
            return
    raise TimeoutError(errno.ETIMEDOUT, "another process holds the audit file")
