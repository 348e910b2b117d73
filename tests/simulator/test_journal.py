"""Laws of the file that outlives the process."""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from orderdesk.simulator.journal import HomeUnusable, Journal, JournalBroken


def _written(home: Path, *rows: dict[str, int]) -> Path:
    journal = Journal(home)
    journal.start([])
    for row in rows:
        journal.append(row)
    journal.close()
    return home / "journal.jsonl"


def _read(home: Path) -> list[dict[str, int]]:
    journal = Journal(home)
    try:
        return list(journal.read())
    finally:
        journal.close()


def test_read_when_lines_were_appended_then_all_come_back_in_order(tmp_path: Path) -> None:
    """What was appended is there after a reopening; a new home has nothing."""
    assert _read(tmp_path / "new" / "home") == []
    _written(tmp_path, {"a": 1}, {"a": 2})
    assert _read(tmp_path) == [{"a": 1}, {"a": 2}]


def test_read_when_the_last_line_is_torn_then_it_is_left_out(tmp_path: Path) -> None:
    """A line cut by a crash belongs to an answer that nobody got."""
    path = _written(tmp_path, {"a": 1}, {"a": 2})
    path.write_bytes(path.read_bytes()[:-3])
    assert _read(tmp_path) == [{"a": 1}]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('{"a":1}', '{"a":'),
        lambda text: text.replace('"format":1', '"format":2'),
        lambda _: "not a journal\n",
    ],
)
def test_read_when_the_file_is_damaged_then_it_refuses_and_touches_nothing(
    tmp_path: Path, damage: Callable[[str], str]
) -> None:
    """Half of the truth is no truth."""
    path = _written(tmp_path, {"a": 1}, {"a": 2})
    path.write_text(damage(path.read_text()))
    before = path.read_bytes()
    with pytest.raises(HomeUnusable, match="give another --home"):
        _read(tmp_path)
    assert path.read_bytes() == before


def test_start_when_there_was_a_file_then_it_is_replaced(tmp_path: Path) -> None:
    """Every opening writes the file anew, so that it does not grow for ever."""
    _written(tmp_path, {"a": 1}, {"a": 2})
    _written(tmp_path, {"a": 3})
    assert _read(tmp_path) == [{"a": 3}]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.jsonl", "lock"]


def test_journal_when_another_has_the_home_then_it_is_refused(tmp_path: Path) -> None:
    """One home, one simulator; the second is told what to do."""
    first = Journal(tmp_path)
    with pytest.raises(HomeUnusable, match="another simulator uses"):
        Journal(tmp_path)
    first.close()
    Journal(tmp_path).close()


def test_journal_when_the_home_cannot_be_made_then_it_says_why(tmp_path: Path) -> None:
    """A home under a file is no home."""
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeUnusable, match="cannot be written"):
        Journal(tmp_path / "file" / "home")


def test_append_when_it_cannot_be_written_then_it_breaks(tmp_path: Path) -> None:
    """Nobody hears a yes that is not on disk."""
    journal = Journal(tmp_path)
    with pytest.raises(JournalBroken):
        journal.append({"a": 1})
    journal.close()


def test_append_when_a_line_was_torn_then_no_other_follows_it(tmp_path: Path) -> None:
    """After a failed write the journal stays shut, so that the torn line stays the last."""
    journal = Journal(tmp_path)
    journal.start([])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (tmp_path / "journal.jsonl").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 3, hard))
    try:
        with pytest.raises(JournalBroken):
            journal.append({"a": 1})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with pytest.raises(JournalBroken):
        journal.append({"a": 2})
    journal.close()
    assert _read(tmp_path) == []
