"""Connections that are lent again and again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from orderdesk.stores.ledger_sql.engine import begin_to_read, end_reading, file_engine
from orderdesk.stores.ledger_sql.kept_connections import KeptConnections


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptConnections]:
    """Give the connections of an empty file."""
    connections = KeptConnections(file_engine(tmp_path / "file.db", busy_timeout_ms=100))
    yield connections
    connections.close()


def _asked(kept: KeptConnections, number: int) -> Connection:
    with kept.lend() as connection:
        begin_to_read(connection)
        assert connection.scalar(text("SELECT :n"), {"n": number}) == number
        end_reading(connection)
        return connection


def test_lend_when_one_came_back_then_it_is_the_next(kept: KeptConnections) -> None:
    """And begins anew, whoever ran its last statements."""
    first = _asked(kept, 1)
    assert _asked(kept, 2) is first
    assert not first.closed


def test_lend_when_two_are_needed_then_each_is_its_own(kept: KeptConnections) -> None:
    """A thread never sees what another one reads."""
    with kept.lend() as one, kept.lend() as other:
        assert one is not other


def test_lend_when_the_block_breaks_then_that_connection_is_not_lent_again(
    kept: KeptConnections,
) -> None:
    """Nobody knows what it was in the middle of."""
    lent: list[Connection] = []
    with pytest.raises(OperationalError):
        _broken(kept, lent)
    assert lent[0].closed
    assert _asked(kept, 1) is not lent[0]


def _broken(kept: KeptConnections, lent: list[Connection]) -> None:
    with kept.lend() as connection:
        lent.append(connection)
        begin_to_read(connection)
        connection.execute(text("nonsense"))


def test_close_when_one_is_lent_then_it_is_closed_when_it_comes_back(
    kept: KeptConnections,
) -> None:
    """Nothing stays open for ever, and nothing is torn out of a hand."""
    idle = _asked(kept, 1)
    closed: list[bool] = []
    with kept.lend() as lent, kept.lend() as other:
        kept.close()
        closed += [lent.closed, other.closed]
    assert [*closed, lent.closed, other.closed, idle.closed] == [False, False, True, True, True]
