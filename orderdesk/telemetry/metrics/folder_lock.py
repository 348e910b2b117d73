"""One lock on a folder of metrics: sets of files begin and are folded one at a time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = "fold.lock"
WAIT_S = 2.0
"""How long another process may have the folder; it needs milliseconds."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Have the folder alone.

    Raises:
        TimeoutError: another process holds it.
    """
    handle = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    until_s = time.monotonic() + WAIT_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until_s:
                raise TimeoutError("another process holds the folder of metrics") from None
            time.sleep(0.01)
        else:
            return
