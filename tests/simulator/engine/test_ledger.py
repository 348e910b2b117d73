"""Laws of what the exchange remembers to write down."""

from orderdesk.simulator.engine.ledger import Changes, Ledger
from tests.simulator.engine.drafts import an_order


def test_drain_when_things_changed_then_each_is_named_once_and_then_forgotten() -> None:
    """A change is handed over once, however often it was noted."""
    ledger, order = Ledger(), an_order()
    for _ in range(2):
        ledger.note_order(order)
        ledger.note_balance("a", "USDT")
        ledger.note_symbol("BTCUSDT")
    changes = ledger.drain()
    assert changes == Changes({"1": order}, [], {("a", "USDT")}, {"BTCUSDT"})
    assert not ledger.drain()


def test_next_sequence_when_asked_then_it_rises() -> None:
    """No number is given twice."""
    ledger = Ledger()
    assert [ledger.next_sequence() for _ in range(3)] == [1, 2, 3]
