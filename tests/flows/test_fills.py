"""Fills: real ones, each once, in every state."""

from decimal import Decimal

from orderdesk.core.events import EventKind
from orderdesk.core.orders import OrderStatus
from orderdesk.flows import follow, report
from tests.flows.trial import Trial


def test_market_order_when_it_filled_then_its_report_waits_for_the_fills(trial: Trial) -> None:
    """An acknowledged MARKET order is answered when its trades are booked."""
    # Given
    intent = trial.place(trial.market_order())
    assert not intent.answerable
    # When
    trial.run(1_500)
    # Then
    told = report.of(trial.stands())
    assert told["status"] == "FILLED"
    assert told["fills"] == 1
    assert told["average_price"] == "60000"
    assert told["commissions"] == {"USDT": "0.03"}
    assert intent.task_id in trial.queue.results


def test_market_orders_when_several_wait_then_one_trades_query_serves_them(
    trial: Trial,
) -> None:
    """One weight-10 call a symbol, never one an order."""
    for n in range(8):
        trial.place(trial.market_order(f"k-{n}"))
    trial.run(1_500)
    assert all(trial.stands(f"k-{n}").answerable for n in range(8))
    assert trial.venue.calls["trades"] <= 3


def test_resting_orders_when_one_fills_then_one_query_a_symbol_finds_it(trial: Trial) -> None:
    """Open orders are followed with one open-orders query, not one per order."""
    placed = [trial.place(trial.order(f"k-{n}")) for n in range(5)]
    trial.venue.fill(str(placed[2].order_id), Decimal("0.0004"))
    trial.venue.calls.clear()
    follow.follow(trial.desk, "main")
    assert trial.stands("k-2").status is OrderStatus.PARTIALLY_FILLED
    assert trial.stands("k-2").filled_quantity == Decimal("0.0004")
    assert trial.venue.calls["open_orders"] == 1
    assert trial.venue.calls["order"] == 0


def test_late_fill_when_the_order_had_ended_then_it_is_booked_and_alarmed(trial: Trial) -> None:
    """Fills are accepted in every state."""
    # Given a canceled order
    trial.place(trial.order())
    ended = trial.cancel()
    # When
    trial.venue.fill(str(ended.order_id), Decimal("0.0001"))
    late = trial.ledger.book(
        ended.id, order=None, fills=trial.venue.fills, now_ms=trial.time.now_ms()
    )
    # Then
    assert late.filled_quantity == Decimal("0.0001")
    assert EventKind.LATE_EVIDENCE in trial.kinds()
