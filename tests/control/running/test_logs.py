"""The end of a log, as a person reads it."""

from pathlib import Path

from orderdesk.control.running.logs import last_lines


def test_last_lines_when_lines_are_json_then_message_and_error(tmp_path: Path) -> None:
    """Our logs are JSON for machines; a person is shown what they say."""
    log = tmp_path / "a.log"
    log.write_text(
        'plain\n\n{"level":"ERROR","message":"it broke","error":"Trace\\nX: y"}\n{"a":1}\n'
    )
    assert last_lines(log).splitlines() == [
        "  plain",
        "  ERROR it broke",
        "  Trace",
        "  X: y",
        '  {"a":1}',
    ]


def test_last_lines_when_the_log_is_long_then_only_its_end(tmp_path: Path) -> None:
    """A large log is not read whole."""
    log = tmp_path / "a.log"
    log.write_text("".join(f"line {number}\n" for number in range(100_000)))
    assert last_lines(log, 2) == "  line 99998\n  line 99999"


def test_last_lines_when_there_is_no_log_then_that_is_said(tmp_path: Path) -> None:
    """A missing log must not hide the trouble it was asked about."""
    assert "cannot be read" in last_lines(tmp_path / "none.log")
    (tmp_path / "empty.log").touch()
    assert "empty" in last_lines(tmp_path / "empty.log")
