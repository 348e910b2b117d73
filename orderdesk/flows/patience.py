"""Long reads wait for their slots where they stand: a list that begins anew is never read whole.

A request that is not near its slot goes back to the queue (`pacing.py`). For a single question
that is right; a list of many pages, on a busy desk, would be thrown away at every other page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_patience_ms: ContextVar[int] = ContextVar("patience_ms", default=0)


@contextmanager
def patiently(for_ms: int) -> Iterator[None]:
    """Let each request of this block wait so long for its slot; it holds up a worker's thread."""
    before = _patience_ms.set(for_ms)
    try:
        yield
    finally:
        _patience_ms.reset(before)


def at_least(bound_ms: int) -> int:
    """Return how long a request may wait here: the usual bound, or more inside `patiently`."""
    return max(bound_ms, _patience_ms.get())
