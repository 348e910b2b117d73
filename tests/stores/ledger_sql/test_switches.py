from dataclasses import replace

from sqlalchemy import select

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Switch
from orderdesk.ports import Ledger
from orderdesk.stores.ledger_sql import LedgerSql, schema
from tests.stores.ledger_sql.drafts import NOW_MS
from tests.stores.ledger_sql.steps import kinds

KILL = Switch("kill", engaged=True, reason="daily loss", by="risk", at_ms=NOW_MS)


def test_switch_when_never_set_then_there_is_none(ledger: Ledger) -> None:
    """Not even for the kill switch, whose row is there from the beginning to be locked."""
    assert ledger.switch("kill") is None
    assert ledger.switch("other") is None


def test_set_switch_when_set_then_it_stands_as_last_set(ledger: Ledger, heard: list[Event]) -> None:
    """Engaging and releasing the kill switch are told, each with who and why."""
    released = replace(KILL, engaged=False, reason="fixed", by="anna", at_ms=NOW_MS + 1)

    ledger.set_switch(KILL)
    assert ledger.switch("kill") == KILL
    ledger.set_switch(released)
    assert ledger.switch("kill") == released

    assert kinds(heard) == [EventKind.KILL_ENGAGED, EventKind.KILL_RELEASED]
    assert heard[0].data == {"reason": "daily loss", "by": "risk"}


def test_set_switch_when_the_name_is_new_then_it_is_kept_beside_the_others(ledger: Ledger) -> None:
    """Venues and accounts have switches of their own; only the kill switch is told as such."""
    other = replace(KILL, name="pause:main")

    ledger.set_switch(other)

    assert ledger.switch("pause:main") == other
    assert ledger.switch("kill") is None


def test_set_switch_when_set_again_then_its_history_keeps_every_setting(
    memory_ledger: LedgerSql,
) -> None:
    """Who engaged and who released it can be told afterwards."""
    settings = [KILL, KILL, replace(KILL, engaged=False)]
    for switch in settings:
        memory_ledger.set_switch(switch)

    table = schema.switch_history
    with memory_ledger._store.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).mappings().all()
    assert [Switch(**{n: row[n] for n in row if n != "id"}) for row in rows] == settings
