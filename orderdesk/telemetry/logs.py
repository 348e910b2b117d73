"""Logs: one JSON object a line, or readable lines on a terminal; never a secret in either.

Everybody logs by the standard library; structlog makes the lines (`log_lines.py`) and knows what
they are about (`log_context.py`). In Celery workers, call `configure` from the `setup_logging`
signal, and Celery leaves the logging alone: its own lines go the same way.
"""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from orderdesk.core.events import ALARMS, Event, EventKind
from orderdesk.telemetry.log_lines import formatter, let_structlog_through

_URGENT = frozenset(
    {
        EventKind.ORDER_QUARANTINED,
        EventKind.DUPLICATE_ORDER,
        EventKind.ORPHAN_ORDER,
        EventKind.MISMATCH,
        EventKind.DEAD_LETTER,
        EventKind.KILL_ENGAGED,
    }
)
"""Alarms that wait for a person; the other alarms may pass by themselves."""

READABLE: Mapping[str, bool | None] = {"auto": None, "json": False, "readable": True}
"""What LOG_FORMAT may say; None asks the stream whether it is a terminal."""


def configure(
    level: str, secrets: Sequence[str], *, stream: TextIO | None = None, form: str = "auto"
) -> None:
    """Log everything from `level` on to `stream` (stderr), without `secrets`.

    Calling it again replaces what it did before; handlers of others stay.
    """
    stream = stream or sys.stderr
    asked = READABLE[form]
    readable = stream.isatty() if asked is None else asked
    handler = _Handler(stream)
    handler.setFormatter(formatter(secrets, readable=readable))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    let_structlog_through()


class EventLog:
    """A sink: every event at INFO, alarms at WARNING, those that wait for a person at ERROR."""

    def __init__(self) -> None:
        self._log = logging.getLogger("orderdesk.events")

    def __call__(self, event: Event) -> None:
        """Log one event, with its account, order and trace as fields."""
        fields = {
            "event": str(event.kind),
            "at_ms": event.at_ms,
            "account": event.account,
            "order": event.order,
            "trace_id": event.trace_id,
            "data": dict(event.data),
        }
        self._log.log(_level(event.kind), "%s %s", event.kind, event.order, extra=fields)


def _level(kind: EventKind) -> int:
    if kind in _URGENT:
        return logging.ERROR
    return logging.WARNING if kind in ALARMS else logging.INFO


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, so that `configure` finds it again; and one that keeps quiet about what it held."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say that a record was lost; the standard way prints its arguments, secrets and all."""
        kind = type(sys.exc_info()[1]).__name__
        where = f"{record.pathname}:{record.lineno}"
        try:
            os.write(2, f"a log record from {where} could not be written: {kind}\n".encode())
        except OSError:  # standard error is closed as well, so nobody is left to tell
            return
