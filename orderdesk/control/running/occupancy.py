"""One `up` a home: a lock that lives as long as the process, and what a killed one left behind."""

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orderdesk.errors import SettingsError

LONGEST_SOCKET = 103
"""Bytes of a unix socket's path: 107 on Linux (unix(7)), 103 on macOS."""

_ROOM = len(".1234567")
"""supervisord binds to the path with its pid behind it, and renames it then."""


@dataclass(frozen=True, slots=True)
class Occupied:
    """A home that is this process' own, until the block ends."""

    socket: Path
    """Where the supervisor may listen."""
    left_behind: Path | None
    """The socket of a run that could not clean up after itself, if there was one."""


@contextmanager
def occupied(home: Path) -> Iterator[Occupied]:
    """Take a home for this process.

    Raises:
        SettingsError: a desk is up there already, or the home cannot be written.
    """
    lock = _take(home)
    left_behind = _read(lock).get("socket")
    with _socket_path(home) as socket_path:
        text = json.dumps({"pid": os.getpid(), "socket": str(socket_path)})
        os.ftruncate(lock, 0)
        os.pwrite(lock, text.encode(), 0)
        try:
            yield Occupied(socket_path, Path(str(left_behind)) if left_behind else None)
        finally:
            os.ftruncate(lock, 0)
            os.close(lock)


def socket_of(home: Path) -> Path | None:
    """Return where the supervisor of a desk that is up in a home listens; None if none is up."""
    try:
        lock = os.open(home / "run" / "up.lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        said = _read(lock).get("socket")
    finally:
        os.close(lock)
    return Path(str(said)) if said else None


def _take(home: Path) -> int:
    try:
        for folder in (home / "run", home / "log"):
            folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / "run" / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        message = (
            f"ORDERDESK_HOME={home}: cannot be written ({error.strerror}); "
            "make it writable, or set ORDERDESK_HOME to another folder"
        )
        raise SettingsError(message, "ORDERDESK_HOME", str(home), "a writable folder") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _read(lock).get("pid", "?")
        os.close(lock)
        message = (
            f"a desk is already up in {home} (process {holder}): use that one, or stop it with "
            f"Ctrl-C in its terminal or `kill {holder}`. A second desk needs an ORDERDESK_HOME "
            "and ports of its own"
        )
        raise SettingsError(message, "ORDERDESK_HOME", str(home), "one desk a home") from None
    return lock


def _read(lock: int) -> dict[str, object]:
    """Return what the holder before wrote; a holder that ended well left nothing."""
    try:
        return dict(json.loads(os.pread(lock, 4096, 0)))
    except (ValueError, TypeError):
        return {}


@contextmanager
def _socket_path(home: Path) -> Iterator[Path]:
    """Give a path for a socket: in the home, or in a folder of its own if that is too deep."""
    path = home / "run" / "supervisor.sock"
    if len(os.fsencode(path)) + _ROOM <= LONGEST_SOCKET:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="orderdesk-") as folder:
        yield Path(folder) / "supervisor.sock"
        with contextlib.suppress(OSError):
            (Path(folder) / "supervisor.sock").unlink()
