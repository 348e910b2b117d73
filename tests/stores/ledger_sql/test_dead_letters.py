from dataclasses import replace

import pytest

from orderdesk.core.events import Event, EventKind
from orderdesk.core.intents import DeadLetter
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import UnknownOrder
from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, draft
from tests.stores.ledger_sql.steps import T_MS, in_state, kinds, now

LETTER = DeadLetter(
    id=0,
    at_ms=NOW_MS,
    task="place_order",
    task_id="task-1",
    arguments={"symbol": "BTCUSDT", "quantity": "0.1", "nested": [1, None]},
    reason="ExchangeRefused",
    message="no such symbol",
    attempts=4,
    trace="trace-1",
    order="key-1",
    account="main",
)


def _bury(ledger: Ledger, letter: DeadLetter = LETTER, end_as: str | None = None) -> DeadLetter:
    return ledger.bury(letter, end_as=end_as, now_ms=T_MS)


def test_bury_when_new_then_the_letter_is_kept_whole_and_alarmed(
    ledger: Ledger, heard: list[Event]
) -> None:
    """A person finds everything that is needed to decide."""
    kept = _bury(ledger)

    assert kept == replace(LETTER, id=kept.id)
    assert ledger.dead_letter(kept.id) == kept
    assert ledger.dead_letters() == [kept]
    assert kinds(heard) == [EventKind.DEAD_LETTER]
    assert (heard[0].order, heard[0].data["letter"]) == ("key-1", kept.id)


def test_bury_when_the_same_work_fails_the_same_way_then_the_count_rises(
    ledger: Ledger, heard: list[Event]
) -> None:
    """One letter, one alarm, however often the message comes."""
    first = _bury(ledger)
    second = _bury(ledger, replace(LETTER, at_ms=NOW_MS + 9, message="still none", attempts=0))

    assert second == replace(first, attempts=5, at_ms=NOW_MS + 9, message="still none")
    assert ledger.dead_letters() == [second]
    assert kinds(heard) == [EventKind.DEAD_LETTER]


def test_bury_when_reason_or_task_is_another_then_it_is_another_letter(ledger: Ledger) -> None:
    """Different troubles are different questions."""
    letters = [LETTER, replace(LETTER, reason="Other"), replace(LETTER, task_id="task-2")]

    kept = [_bury(ledger, letter) for letter in letters]

    assert ledger.dead_letters() == kept[::-1]
    assert ledger.dead_letters(limit=1) == kept[2:]


def test_bury_when_a_person_had_closed_it_then_it_is_a_new_letter(ledger: Ledger) -> None:
    """What somebody decided stays written, and new trouble is open again."""
    first = _bury(ledger)
    ledger.close_dead_letter(first.id, state="DISCARDED", note="anna: a test")

    second = _bury(ledger)

    assert second.id != first.id
    assert ledger.dead_letters() == [second]
    closed = ledger.dead_letter(first.id)
    assert closed == replace(first, state="DISCARDED", note="anna: a test")
    assert ledger.dead_letters(state="DISCARDED") == [closed]
    assert ledger.dead_letters(state=None) == [second, closed]


def test_bury_when_messages_have_no_task_id_then_each_is_kept(ledger: Ledger) -> None:
    """Two undecodable messages are not one: neither may be lost."""
    for raw in ("one", "two"):
        _bury(ledger, replace(LETTER, task_id="", arguments={"raw": raw}))

    assert len(ledger.dead_letters()) == 2


@pytest.mark.parametrize("name", ["key-1", draft().client_order_id])
def test_bury_when_it_ends_its_intent_then_both_are_one_transaction(
    ledger: Ledger, name: str
) -> None:
    """The letter and the end of its order, by either of its names."""
    intent = in_state(ledger, OrderStatus.RECEIVED)

    _bury(ledger, replace(LETTER, order=name), end_as="buried: no such symbol")

    intent = now(ledger, intent)
    assert (intent.status, intent.reason) == (
        OrderStatus.EXPIRED_UNSENT,
        "buried: no such symbol",
    )
    assert intent.ended_ms == T_MS


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - {OrderStatus.RECEIVED}))
def test_bury_when_its_intent_is_past_received_then_only_the_letter_is_written(
    ledger: Ledger, status: OrderStatus
) -> None:
    """A dead message ends no order that may be on the exchange."""
    before = in_state(ledger, status)

    _bury(ledger, end_as="buried")

    assert now(ledger, before) == before
    assert len(ledger.dead_letters()) == 1


def test_bury_when_its_intent_has_no_row_then_the_letter_is_written(ledger: Ledger) -> None:
    """Work may die before its order was ever written down."""
    _bury(ledger, end_as="buried")

    assert len(ledger.dead_letters()) == 1


def test_close_dead_letter_when_there_is_none_then_it_says_so(ledger: Ledger) -> None:
    """A person's typing error is not silently accepted."""
    assert ledger.dead_letter(7) is None
    with pytest.raises(UnknownOrder):
        ledger.close_dead_letter(7, state="DISCARDED", note="anna")
