"""Logs are lines a machine or a person can read, and hold no secret."""

import io
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import structlog

from orderdesk.core.events import ALARMS, Event, EventKind
from orderdesk.telemetry import log_context
from orderdesk.telemetry.logs import EventLog, configure

SECRET = "s3cr3t-value"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def _root_logger_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)


def logged(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return what was logged, a JSON object a line."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_record_when_logged_then_it_is_one_json_object_with_its_fields() -> None:
    """One line a record, with the caller's extra fields beside the message."""
    stream = io.StringIO()
    configure("INFO", [], stream=stream)
    log = logging.getLogger("some.where")
    log.info("two\nlines of %s", "text", extra={"order": "key-1", "level": "mine"})
    log.debug("too quiet")
    (line,) = logged(stream)
    assert line["message"] == "two\nlines of text"
    assert (line["level"], line["logger"], line["order"]) == ("INFO", "some.where", "key-1")
    assert line["at"].endswith("+00:00")


def test_secret_when_it_is_anywhere_in_a_record_then_it_is_masked() -> None:
    """Message, arguments, fields, their names, the exception's text and its cause."""
    stream = io.StringIO()
    configure("DEBUG", [SECRET], stream=stream)
    log = logging.getLogger("urllib3")

    def broken() -> None:
        raise RuntimeError("GET /x?signature=abcdef12&y=1") from ValueError(f"cause {SECRET}")

    try:
        broken()
    except RuntimeError:
        log.exception("message %s", {"X-MEXC-APIKEY": "k-987"}, extra={SECRET: [SECRET]})
    log.info("direct %s", SECRET, stack_info=True)
    text = stream.getvalue()
    for secret in (SECRET, "abcdef12", "k-987"):
        assert secret not in text
    first, second = logged(stream)
    assert "RuntimeError: GET /x?signature=***&y=1" in first["error"]
    assert first["***"] == ["***"]
    assert second["message"] == "direct ***"
    assert "Stack (most recent call last)" in second["error"]


def test_configure_when_called_twice_then_each_record_is_logged_once() -> None:
    """Everything works twice in a row, and the second call's stream and level hold."""
    first, second = io.StringIO(), io.StringIO()
    configure("INFO", [], stream=first)
    configure("WARNING", [], stream=second)
    logging.getLogger("x").info("quiet")
    logging.getLogger("x").warning("loud")
    assert first.getvalue() == ""
    assert [line["message"] for line in logged(second)] == ["loud"]


def test_configure_when_others_listen_too_then_they_keep_their_handlers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The desk's logs are its own; a host program's are not taken away."""
    configure("INFO", [], stream=io.StringIO())
    logging.getLogger("x").info("hello")
    assert [record.getMessage() for record in caplog.records] == ["hello"]


def test_record_when_it_cannot_be_formatted_then_its_arguments_are_not_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The standard library would print message and arguments as they are."""
    configure("INFO", [SECRET], stream=io.StringIO())
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "one %s", (SECRET, SECRET), None)
    # Straight to the desk's handler: pytest's own would raise.
    logging.getLogger().handlers[-1].handle(record)
    err = capfd.readouterr().err
    assert "test_logs.py" in err
    assert "could not be written: TypeError" in err
    assert SECRET not in err


def test_terminal_when_it_is_one_then_lines_are_readable_and_as_clean() -> None:
    """A person sees time, level, name, message and fields."""
    stream = Terminal()
    configure("INFO", [SECRET], stream=stream)
    EventLog()(Event(EventKind.ORDER_NEW, 0, order="key-1", data={"note": SECRET}))
    line = stream.getvalue()
    assert "INFO     orderdesk.events: ORDER_NEW key-1" in line
    assert 'order="key-1"' in line
    assert "trace_id" not in line
    assert SECRET not in line


@pytest.mark.parametrize(("form", "is_json"), [("json", True), ("readable", False)])
@pytest.mark.parametrize("stream_kind", [Terminal, io.StringIO])
def test_form_when_it_is_asked_for_then_it_holds_on_a_terminal_and_elsewhere(
    form: str, is_json: bool, stream_kind: type[io.StringIO]
) -> None:
    """A setting is stronger than what the stream is; only `auto` asks it."""
    stream = stream_kind()
    configure("INFO", [], stream=stream, form=form)
    logging.getLogger("x").info("hello")
    assert stream.getvalue().startswith("{") is is_json
    assert "hello" in stream.getvalue()


def test_structlog_when_a_library_logs_by_it_then_its_lines_are_the_same() -> None:
    """There is one way out of the process, with one net in it."""
    stream = io.StringIO()
    configure("INFO", [SECRET], stream=stream)
    structlog.stdlib.get_logger("native").warning("by structlog", order="key-1", note=SECRET)
    (line,) = logged(stream)
    told = {name: line[name] for name in ("level", "logger", "message", "order", "note")}
    assert told == {
        "level": "WARNING", "logger": "native", "message": "by structlog", "order": "key-1",
        "note": "***",
    }  # fmt: skip


def test_work_when_it_has_begun_then_every_line_of_its_thread_carries_it_and_no_other() -> None:
    """Who searches for a trace finds what libraries said about it too; a neighbour is not in it."""
    stream = io.StringIO()
    configure("INFO", [SECRET], stream=stream)

    def worker(name: str) -> None:
        log_context.begin(trace_id=name, order="", note=SECRET)
        logging.getLogger("celery").info("of %s", name)
        log_context.end()
        logging.getLogger("celery").info("idle")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(worker, ["t-1", "t-2"]))
    lines = logged(stream)
    assert [line.get("trace_id") for line in lines if line["message"] == "idle"] == [None, None]
    working = [line for line in lines if line["message"] != "idle"]
    assert all(line["message"] == f"of {line['trace_id']}" for line in working)
    assert all(("order" in line, line["note"]) == (False, "***") for line in working)


def test_work_when_an_event_knows_its_own_trace_then_that_one_is_told() -> None:
    """A sweep's task tells of many orders; each event's own fields are the true ones."""
    stream = io.StringIO()
    configure("INFO", [], stream=stream)
    log_context.begin(trace_id="of the task", order="of the task")
    EventLog()(Event(EventKind.ORDER_NEW, 0, order="key-1", trace_id="its own"))
    log_context.end()
    (line,) = logged(stream)
    assert (line["trace_id"], line["order"]) == ("its own", "key-1")


def test_event_when_logged_then_trace_and_order_are_fields() -> None:
    """What a log search filters by is not hidden in a sentence."""
    stream = io.StringIO()
    configure("INFO", [], stream=stream)
    data = {"symbol": "BTCUSDT"}
    EventLog()(Event(EventKind.ORDER_NEW, 7, "main", order="key-1", trace_id="t-1", data=data))
    (line,) = logged(stream)
    found = {
        name: line[name] for name in ("event", "at_ms", "account", "order", "trace_id", "data")
    }
    assert found == {
        "event": "ORDER_NEW",
        "at_ms": 7,
        "account": "main",
        "order": "key-1",
        "trace_id": "t-1",
        "data": data,
    }


@pytest.mark.parametrize("kind", EventKind)
def test_event_when_it_is_an_alarm_then_it_is_louder(kind: EventKind) -> None:
    """A person should see alarms soon, and those that wait for a person first."""
    stream = io.StringIO()
    configure("INFO", [], stream=stream)
    EventLog()(Event(kind, 0))
    (line,) = logged(stream)
    assert (line["level"] != "INFO") == (kind in ALARMS)
    if kind is EventKind.ORDER_QUARANTINED:
        assert line["level"] == "ERROR"
