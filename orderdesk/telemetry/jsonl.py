"""The audit trail: one JSON object a line, one file a UTC day, `<home>/audit/<day>/events.jsonl`.

Lines are only ever appended, whole, by any number of processes at once. They are handed to the
operating system before the call returns; what must survive a power cut is in the ledger.
"""

import errno
import fcntl
import os
import time
from pathlib import Path

from orderdesk.core.events import Event
from orderdesk.telemetry.shapes import iso_utc, record, to_json

LOCK_WAIT_MS = 100
"""How long another writer may hold the file; a line takes microseconds, a frozen process ever."""

_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


class AuditFile:
    """Write every event under its own name and trace id; the names are S3's where it has them.

    Raises OSError when the line cannot be written: the disk is full, or the file is held.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / "audit"

    def __call__(self, event: Event) -> None:
        """Append one event to the file of its day."""
        line = to_json(record(event)).encode() + b"\n"
        # Opened anew each time: no state, so threads, forks, midnight and a file that
        # somebody moved away need no care.
        handle = self._open(self.path_of(event.at_ms))
        try:
            _append(handle, line)
        finally:
            os.close(handle)

    def path_of(self, at_ms: int) -> Path:
        """Return the file that holds the events of a moment, in Unix ms."""
        return self._folder / iso_utc(at_ms)[:10] / "events.jsonl"

    @staticmethod
    def _open(path: Path) -> int:
        try:
            return os.open(path, _APPEND, 0o600)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, _APPEND, 0o600)


def _append(handle: int, line: bytes) -> None:
    """Write a line in one call, apart from whatever a full disk once cut short before it."""
    _lock(handle)  # so that a line another writer is in the middle of is not taken for a cut one
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        line = b"\n" + line
    if os.write(handle, line) != len(line):
        raise OSError(errno.ENOSPC, "the line was cut short: the disk is full")


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
