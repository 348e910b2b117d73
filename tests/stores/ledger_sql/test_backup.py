"""A copy of a ledger is whole, whoever writes meanwhile; what is damaged is said to be."""

import threading
from pathlib import Path

import pytest

from orderdesk.core.events import Event, EventKind
from orderdesk.errors import DeskError, SettingsError
from orderdesk.stores.ledger_sql.backup import back_up, sqlite_file, whole
from orderdesk.stores.ledger_sql.ledger import LedgerSql


def test_backup_when_the_desk_writes_meanwhile_then_it_is_whole_and_has_all_before_it(
    tmp_path: Path,
) -> None:
    """What was acknowledged before the copy began is in it; the ledger itself goes on."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    ledger = LedgerSql(url, listener=lambda _event: None)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            ledger.tell(Event(EventKind.DRIFT, 1))

    ledger.tell(Event(EventKind.DRIFT, 7))
    before = ledger.last_event_id()
    writer = threading.Thread(target=write)
    writer.start()
    target = tmp_path / "copy.db"
    back_up(sqlite_file(url), target)
    stop.set()
    writer.join()
    whole(target)
    copy = LedgerSql(f"sqlite:///{target}", listener=lambda _event: None)
    assert before <= copy.last_event_id() <= ledger.last_event_id()
    assert copy.ledger_id() == ledger.ledger_id()
    assert target.stat().st_mode & 0o777 == 0o600
    copy.close()
    ledger.close()


def test_backup_when_something_is_there_already_then_it_stays_and_that_is_said(
    tmp_path: Path,
) -> None:
    """Yesterday's copy is not lost to a slip of the hand."""
    LedgerSql(f"sqlite:///{tmp_path}/ledger.db", listener=lambda _event: None).close()
    there = tmp_path / "copy.db"
    there.write_text("yesterday's")
    with pytest.raises(DeskError, match="never overwrites"):
        back_up(tmp_path / "ledger.db", there)
    with pytest.raises(DeskError, match="cannot be written"):
        back_up(tmp_path / "ledger.db", tmp_path / "no folder" / "copy.db")
    assert there.read_text() == "yesterday's"


def test_whole_when_a_page_was_overwritten_then_the_damage_is_said(tmp_path: Path) -> None:
    """A copy on a bad disk is found out before it is needed."""
    file = tmp_path / "ledger.db"
    LedgerSql(f"sqlite:///{file}", listener=lambda _event: None).close()
    content = bytearray(file.read_bytes())
    content[8_192 : 3 * 8_192] = b"\xff" * (2 * 8_192)
    file.write_bytes(content)
    with pytest.raises(DeskError, match=r"damaged|no ledger"):
        whole(file)
    file.write_text("no database at all")
    with pytest.raises(DeskError, match="no ledger"):
        whole(file)


def test_file_when_the_ledger_is_in_none_then_it_is_said_what_to_use() -> None:
    """A ledger in memory, or one that is not there, cannot be copied."""
    with pytest.raises(SettingsError, match="pg_basebackup"):
        sqlite_file("sqlite:////none/at/all.db")
