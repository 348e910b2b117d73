import pytest

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import Doubt
from orderdesk.errors import DeskHalted
from orderdesk.ports import Ledger
from orderdesk.stores.ledger_sql import LedgerSql
from tests.stores.ledger_sql.drafts import NOW_MS, draft
from tests.stores.ledger_sql.steps import kinds, sending, try_open


def test_ledger_id_when_opened_again_then_it_is_the_one_it_was_born_with(shared_url: str) -> None:
    """A restored copy has it too; a new ledger has another."""
    ids = []
    for url in (shared_url, shared_url, "sqlite://"):
        ledger = LedgerSql(url, listener=lambda _event: None)
        ids.append(ledger.ledger_id())
        ledger.close()

    assert ids[0] == ids[1] != ids[2]


def test_attempt_counter_when_attempts_open_then_it_rises_and_never_falls(ledger: Ledger) -> None:
    """Redis remembers the highest; a lower one is a ledger that has forgotten."""
    assert ledger.attempt_counter() == 0

    first = sending(ledger, draft("a"))
    assert ledger.attempt_counter() == first.attempt.id
    second = sending(ledger, draft("b"))
    try_open(ledger, draft("b"))

    assert ledger.attempt_counter() == second.attempt.id > first.attempt.id


def test_bind_account_when_bound_the_same_way_then_it_is_no_news(ledger: Ledger) -> None:
    """Every process binds at its start."""
    for _ in range(2):
        ledger.bind_account("main", desk_id="desk-1", venue="mexc:123")
    ledger.bind_account("other", desk_id="desk-1", venue="mexc:456")


@pytest.mark.parametrize(("desk_id", "venue"), [("desk-2", "mexc:123"), ("desk-1", "mexc:9")])
def test_bind_account_when_bound_otherwise_then_the_desk_halts(
    ledger: Ledger, desk_id: str, venue: str
) -> None:
    """An alias means one account of one desk, for ever: ids are computed from it."""
    ledger.bind_account("main", desk_id="desk-1", venue="mexc:123")

    with pytest.raises(DeskHalted, match="main"):
        ledger.bind_account("main", desk_id=desk_id, venue=venue)

    ledger.bind_account("main", desk_id="desk-1", venue="mexc:123")


def test_bind_uid_when_it_is_the_same_then_it_is_no_news(ledger: Ledger) -> None:
    """Every process asks the venue at its start; two aliases have two numbers."""
    for _ in range(2):
        ledger.bind_uid("main", "10000001", now_ms=NOW_MS)
    ledger.bind_uid("other", "10000002", now_ms=NOW_MS)


def test_bind_uid_when_the_key_is_of_another_account_then_the_desk_halts(ledger: Ledger) -> None:
    """What the old account's orders are cannot be asked with a new account's key."""
    ledger.bind_uid("main", "10000001", now_ms=NOW_MS)
    for _ in range(2):
        with pytest.raises(DeskHalted, match=r"'main'.*10000001.*10000002"):
            ledger.bind_uid("main", "10000002", now_ms=NOW_MS)
    ledger.bind_uid("main", "10000001", now_ms=NOW_MS)


def test_doubt_when_several_are_begun_then_the_widest_stands(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A later `since` and a later `until` win, each for itself; each doubt is told."""
    assert ledger.doubt() is None

    ledger.begin_doubt(Doubt(NOW_MS, NOW_MS + 100, "FIRST_START"))
    ledger.begin_doubt(Doubt(NOW_MS + 50, NOW_MS + 60, "LEDGER_RESTORED"))
    ledger.begin_doubt(Doubt(NOW_MS + 20, NOW_MS + 30, "REDIS_EMPTY"))

    assert ledger.doubt() == Doubt(NOW_MS + 50, NOW_MS + 100, "REDIS_EMPTY", forgot_ms=NOW_MS + 50)
    assert kinds(heard) == [EventKind.DOUBT] * 3
