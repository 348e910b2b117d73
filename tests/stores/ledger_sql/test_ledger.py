from decimal import Decimal

from sqlalchemy import select

from orderdesk.core.answers import Balance
from orderdesk.core.events import Event, EventKind
from orderdesk.ports import Ledger
from orderdesk.stores.ledger_sql import LedgerSql, schema
from tests.stores.ledger_sql.drafts import NOW_MS


def test_ledger_sql_when_typed_then_it_is_a_ledger() -> None:
    """The type checker holds the class against the port, method by method."""
    opened = LedgerSql("sqlite://", listener=lambda _event: None)
    ledger: Ledger = opened

    assert ledger.ledger_id()
    opened.close()


def test_tell_when_told_then_the_event_is_kept_and_heard(
    memory_ledger: LedgerSql, heard: list[Event]
) -> None:
    """Events of nobody's order, with data of every JSON kind."""
    event = Event(
        EventKind.MISMATCH, NOW_MS, account="main", data={"a": ["ü", 1, {"b": None}], "c": True}
    )

    memory_ledger.tell(event)

    assert heard == [event]
    with memory_ledger._store.read() as connection:
        kept = connection.execute(select(schema.events)).mappings().one()
    assert (kept["kind"], kept["data"]) == ("MISMATCH", event.data)


def test_save_balances_when_saved_then_the_snapshot_is_exact(memory_ledger: LedgerSql) -> None:
    """Every asset with every digit; a second snapshot in the same ms takes the first's place."""
    fine = Balance("BTC", Decimal("0.000000000000000001"), Decimal("1E+3"))
    memory_ledger.save_balances("main", [Balance("USDT", Decimal(1), Decimal(0))], now_ms=NOW_MS)
    memory_ledger.save_balances("main", [fine], now_ms=NOW_MS)
    memory_ledger.save_balances("main", [], now_ms=NOW_MS + 1)

    with memory_ledger._store.read() as connection:
        rows = connection.execute(select(schema.balance_snapshots)).mappings().all()
    assert [Balance(row["asset"], row["free"], row["locked"]) for row in rows] == [fine]
    assert rows[0]["at_ms"] == NOW_MS
