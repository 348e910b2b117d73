"""The audit file has every event once, whole, in the file of its day."""

import fcntl
import json
import os
import resource
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from orderdesk.core.audit_chain import Followed, follow
from orderdesk.core.events import Event, EventKind
from orderdesk.telemetry.jsonl import AuditFile

DAY_MS = 86_400_000
MIDNIGHT_MS = 20_000 * DAY_MS
"""The first moment of 2024-10-04, UTC."""


def lines(file: Path) -> list[dict[str, object]]:
    """Return the file's records; every line must be whole."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def chain(file: Path) -> Followed:
    """Follow the chain of the only day there is."""
    return follow(file.read_bytes().splitlines(), {}, oldest=True)


def test_chain_when_days_pass_then_each_day_follows_the_nearest_before_it(tmp_path: Path) -> None:
    """A day on which nothing happened is skipped, and nothing is lost by it."""
    audit = AuditFile(tmp_path)
    for day in (0, 0, 1, 3):
        audit(Event(EventKind.ORDER_NEW, MIDNIGHT_MS + day * DAY_MS))
    first, second, fourth = (lines(audit.path_of(MIDNIGHT_MS + d * DAY_MS)) for d in (0, 1, 3))
    assert [line.get("prev_day") for line in first] == ["", None]
    assert [second[0]["prev_day"], fourth[0]["prev_day"]] == ["2024-10-04", "2024-10-05"]


def test_chain_when_a_record_is_longer_than_one_look_then_it_is_found_again(tmp_path: Path) -> None:
    """The end of the file is read back as far as a whole record needs it."""
    audit = AuditFile(tmp_path)
    for size in (9_000, 1, 60_000, 1):
        audit(Event(EventKind.ORDER_NEW, 0, data={"x": "y" * size}))
    assert chain(audit.path_of(0)).broken is None
    assert chain(audit.path_of(0)).records == 4


def test_events_when_the_day_turns_then_each_is_in_the_file_of_its_day(tmp_path: Path) -> None:
    """Days are UTC's, and the folders are named as the user's document has them."""
    audit = AuditFile(tmp_path / "a home")
    audit(Event(EventKind.ORDER_NEW, MIDNIGHT_MS - 1, order="a", trace_id="t"))
    audit(Event(EventKind.ORDER_FILLED, MIDNIGHT_MS, order="a", data={"risk_checks": ["valued"]}))
    folder = tmp_path / "a home" / "audit"
    (yesterday,) = lines(folder / "2024-10-03" / "events.jsonl")
    (today,) = lines(folder / "2024-10-04" / "events.jsonl")
    assert (yesterday["event_type"], yesterday["trace_id"]) == ("ORDER_NEW", "t")
    assert today["event_type"] == "ORDER_FILLED"
    assert today["data"] == {"risk_checks": ["valued"]}
    assert audit.path_of(MIDNIGHT_MS) == folder / "2024-10-04" / "events.jsonl"


def test_file_when_made_then_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """It tells what was traded."""
    audit = AuditFile(tmp_path)
    audit(Event(EventKind.ORDER_NEW, 0))
    assert audit.path_of(0).stat().st_mode & 0o777 == 0o600


def _write_many(home: Path, name: str) -> None:
    audit = AuditFile(home)
    for number in range(300):
        # Longer than a page, where a write in two calls would be torn apart.
        audit(Event(EventKind.ORDER_NEW, 0, order=f"{name}-{number}", data={"x": name * 5_000}))


@pytest.mark.processes
def test_lines_when_several_processes_write_then_none_is_torn_or_lost(tmp_path: Path) -> None:
    """Every worker writes the same file."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(_write_many, tmp_path, name) for name in "ab"]:
            done.result()
    orders = [line["order"] for line in lines(AuditFile(tmp_path).path_of(0))]
    assert sorted(map(str, orders)) == sorted(f"{n}-{i}" for n in "ab" for i in range(300))
    assert chain(AuditFile(tmp_path).path_of(0)).broken is None


def _die_in_the_middle_of_a_line(home: Path) -> None:
    """Write as the sink writes, and be killed before the line is whole, the lock still held."""
    with AuditFile(home).path_of(0).open("ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(b'{"event_id":7,"event_type":"ORDER_')
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.processes
def test_chain_when_a_writer_is_killed_in_the_middle_of_a_line_then_it_goes_on(
    tmp_path: Path,
) -> None:
    """What is left of the line stays where it is, and the next record accounts for it."""
    audit = AuditFile(tmp_path)
    audit(Event(EventKind.ORDER_NEW, 0, order="before"))
    for _ in range(2):
        process = get_context("spawn").Process(target=_die_in_the_middle_of_a_line, args=[tmp_path])
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
    audit(Event(EventKind.ORDER_NEW, 0, order="after"))
    audit(Event(EventKind.ORDER_NEW, 0, order="later"))
    found = chain(audit.path_of(0))
    # Both fell on one line: nobody wrote a break between them.
    assert (found.records, found.torn, found.broken) == (3, 1, None)


def test_line_when_the_one_before_was_cut_short_then_it_still_stands_alone(tmp_path: Path) -> None:
    """A full disk spoils one line and not the next."""
    audit = AuditFile(tmp_path)
    audit(Event(EventKind.ORDER_NEW, 0, order="first"))
    with audit.path_of(0).open("a") as file:
        file.write('{"event_type":"ORD')
    audit(Event(EventKind.ORDER_NEW, 0, order="third"))
    first, cut, third = audit.path_of(0).read_text().splitlines()
    assert json.loads(first)["order"] == "first"
    assert cut == '{"event_type":"ORD'
    assert json.loads(third)["order"] == "third"


def test_file_when_a_frozen_process_holds_it_then_the_sink_raises_soon(tmp_path: Path) -> None:
    """Orders do not wait for somebody who may never let go."""
    audit = AuditFile(tmp_path)
    audit(Event(EventKind.ORDER_NEW, 0))
    with audit.path_of(0).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(TimeoutError, match="holds the audit file"):
            audit(Event(EventKind.ORDER_NEW, 0))
    audit(Event(EventKind.ORDER_NEW, 0))
    assert len(lines(audit.path_of(0))) == 2


def test_full_disk_when_a_line_is_written_then_the_sink_raises(tmp_path: Path) -> None:
    """FanOut hears of it, and says so; nothing is swallowed here."""
    audit = AuditFile(tmp_path)
    audit(Event(EventKind.ORDER_NEW, 0))
    size = audit.path_of(0).stat().st_size
    # Given no room for another whole line: the limit on a file's size stands in for the disk
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, limits[1]))
    try:
        with pytest.raises(OSError, match="disk is full"):
            audit(Event(EventKind.ORDER_NEW, 0))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    # When there is room again, the next line is whole
    audit(Event(EventKind.ORDER_NEW, 0, order="after"))
    assert json.loads(audit.path_of(0).read_text().splitlines()[-1])["order"] == "after"


def test_unwritable_home_when_told_then_the_sink_raises(tmp_path: Path) -> None:
    """A home that is no folder is an error, not a silence."""
    home = tmp_path / "file"
    home.touch()
    with pytest.raises(NotADirectoryError):
        AuditFile(home)(Event(EventKind.ORDER_NEW, 0))


def test_handles_when_many_events_are_written_then_none_stays_open(tmp_path: Path) -> None:
    """A week of events must not run out of files."""
    audit = AuditFile(tmp_path)
    audit(Event(EventKind.ORDER_NEW, 0))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        audit(Event(EventKind.ORDER_NEW, 0))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
