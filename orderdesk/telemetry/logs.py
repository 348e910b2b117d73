"""Logs: one JSON object a line, or readable lines on a terminal; never a secret in either.

Only the standard library's logging. In Celery workers, call `configure` from the
`setup_logging` signal, and Celery leaves the logging alone.
"""

import logging
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from orderdesk.core.events import ALARMS, Event, EventKind
from orderdesk.telemetry.redaction import Redactor
from orderdesk.telemetry.shapes import iso_utc, to_json

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

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
"""What every record has; whatever else it carries was given by the caller as `extra`."""


def configure(level: str, secrets: Sequence[str], *, stream: TextIO | None = None) -> None:
    """Log everything from `level` on to `stream` (stderr), without `secrets`.

    Calling it again replaces what it did before; handlers of others stay.
    """
    stream = stream or sys.stderr
    redactor = Redactor(secrets)
    readable = stream.isatty()
    handler = _Handler(stream)
    handler.setFormatter(_Readable(redactor) if readable else _JsonLine(redactor))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)


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


class _Clean(logging.Formatter):
    """What both forms share: the parts of a record, cleaned."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def _extra(self, record: logging.LogRecord) -> dict[str, object]:
        clean = self._redactor
        given = {k: v for k, v in vars(record).items() if k not in _STANDARD and v not in ("", {})}
        return {clean.clean(name): clean.plain(value, name) for name, value in given.items()}

    def _error(self, record: logging.LogRecord) -> str:
        parts = [record.exc_text or ""]
        if record.exc_info and not record.exc_text:
            parts = [self.formatException(record.exc_info)]
        if record.stack_info:
            parts.append(self.formatStack(record.stack_info))
        return self._redactor.clean("\n".join(part for part in parts if part))


class _JsonLine(_Clean):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": iso_utc(int(record.created * 1000)),
            "level": record.levelname,
            "logger": record.name,
            "message": self._redactor.clean(record.getMessage()),
            "process": record.process,
            "thread": record.threadName,
        }
        # An extra never hides what the record itself says.
        line |= {name: value for name, value in self._extra(record).items() if name not in line}
        if error := self._error(record):
            line["error"] = error
        return to_json(line)


class _Readable(_Clean):
    def format(self, record: logging.LogRecord) -> str:
        clock = iso_utc(int(record.created * 1000))[11:23]
        message = self._redactor.clean(record.getMessage())
        extra = " ".join(f"{name}={to_json(value)}" for name, value in self._extra(record).items())
        line = f"{clock} {record.levelname:<8} {record.name}: {message}"
        return "\n".join(filter(None, (f"{line}  {extra}".rstrip(), self._error(record))))
