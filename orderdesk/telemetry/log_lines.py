"""What becomes of a log record on its way to a line: structlog's processors, in the order they run.

Every record goes this way, Celery's and any library's too. The last but one takes secrets out:
whatever was put into a record before, by whom ever, passes it.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from structlog.contextvars import get_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, WrappedLogger

from orderdesk.telemetry.redaction import Redactor
from orderdesk.telemetry.shapes import iso_utc, to_json

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {
    *("message", "asctime", "taskName"),
    "color_message",
}
"""What every record has, and uvicorn's message once more in colours; whatever else it carries was
given by the caller as `extra`."""

_STRUCTLOG = frozenset({"event", "_record", "_from_structlog", "exc_info", "stack_info", "level"})
_SEEN_ANYWAY = frozenset({"at", "level", "logger", "message", "process", "thread", "error"})

_PLAIN = logging.Formatter()
"""Writes tracebacks as Python does: structlog's own would show local variables."""

Process = Callable[[WrappedLogger, str, EventDict], EventDict]


def let_structlog_through() -> None:
    """Hand what is logged by structlog itself to the standard library, and so to our formatter."""
    structlog.configure(
        processors=[ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def formatter(secrets: Sequence[str], *, readable: bool) -> logging.Formatter:
    """Return what makes lines of records: readable ones, or one JSON object each."""
    render = _readable if readable else _json
    return ProcessorFormatter(processors=[_shaped, redacting(Redactor(secrets)), render])


def _shaped(_logger: WrappedLogger, _name: str, given: EventDict) -> EventDict:
    """Put a record's own fields first, then what the task has bound, then what the caller gave."""
    record: logging.LogRecord = given["_record"]
    line: dict[str, Any] = {
        "at": iso_utc(int(record.created * 1000)),
        "level": record.levelname,
        "logger": record.name,
        "message": given["event"],
        "process": record.process,
        "thread": record.threadName,
    }
    # A field never hides what the record itself says, nor a bound one what the caller knows better.
    for name, value in (get_contextvars() | _extra(record, given)).items():
        if name not in line and value not in ("", {}):
            line[name] = value
    if error := _error(record, given):
        line["error"] = error
    return line


def _extra(record: logging.LogRecord, given: EventDict) -> dict[str, Any]:
    """Return what the caller gave beside the message, by either library's way."""
    if given["_from_structlog"]:
        return {name: value for name, value in given.items() if name not in _STRUCTLOG}
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _error(record: logging.LogRecord, given: EventDict) -> str:
    """Return traceback and stack as text; structlog has taken the first off the record."""
    exception = given.get("exc_info")
    parts = [_PLAIN.formatException(exception)] if isinstance(exception, tuple) else []
    if not parts and record.exc_text:
        parts = [record.exc_text]
    if stack := given.get("stack_info"):
        parts.append(_PLAIN.formatStack(stack))
    return "\n".join(part for part in parts if part)


def redacting(redactor: Redactor) -> Process:
    """Return the last line of defence: it takes secrets out of every text of a line."""

    def redact(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
        return {redactor.clean(name): redactor.plain(value, name) for name, value in line.items()}

    return redact


def _json(_logger: WrappedLogger, _name: str, line: EventDict) -> str:
    return to_json(line)


def _readable(_logger: WrappedLogger, _name: str, line: EventDict) -> str:
    clock = str(line["at"])[11:23]
    told = " ".join(f"{k}={to_json(v)}" for k, v in line.items() if k not in _SEEN_ANYWAY)
    first = f"{clock} {line['level']:<8} {line['logger']}: {line['message']}"
    return "\n".join(filter(None, (f"{first}  {told}".rstrip(), line.get("error"))))
