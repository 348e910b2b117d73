"""What came of orders, as a table and as a list."""

from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import OrderReport, Times
from orderdesk.control.shown.orders import TABLE_WIDTH, Outcome, orders_shown
from orderdesk.core.orders import OrderStatus, OrderType, Side
from tests.control.shown.telling import rendered

RECEIVED = 1_795_248_995_000


def _outcome(title: str = "fills", **changes: Any) -> Outcome:
    fields: dict[str, Any] = {
        "account": "main",
        "idempotency_key": "k",
        "client_order_id": "od1-a",
        "symbol": "MXUSDT",
        "side": Side.BUY,
        "type": OrderType.MARKET,
        "status": OrderStatus.FILLED,
        "quantity": Decimal(80),
        "executed_quantity": Decimal(80),
        "average_price": Decimal("2.5025"),
        "commissions": {"USDT": Decimal("0.1")},
        "fills": 1,
        "attempts": 1,
        "times": Times(
            received=RECEIVED,
            sent=RECEIVED + 18,
            acknowledged=RECEIVED + 25,
            filled=RECEIVED + 1_061,
        ),
    }
    return Outcome(title, OrderReport(**(fields | changes)), Decimal("2.5"))


WIDTHS = [TABLE_WIDTH, 80]


@pytest.mark.parametrize("width", WIDTHS)
def test_orders_when_one_filled_then_everything_of_it_is_there(width: int) -> None:
    """Status, executed, average, slippage, fees, times, attempts: wide or narrow."""
    text = rendered(orders_shown([_outcome()], width), width)
    for part in (
        "fills",
        "BUY 80 MXUSDT MARKET",
        "FILLED",
        "80 at 2.5025",
        "+10.0 bps",
        "0.1 USDT",
        "18 → 25 → 1,061",
        "attempt",
    ):
        assert part in text


def test_orders_when_the_screen_is_wide_then_no_word_of_the_table_is_broken() -> None:
    """The widest rows that are usual fit, with their headings whole."""
    late = Times(
        received=RECEIVED,
        sent=RECEIVED + 12_376,
        acknowledged=RECEIVED + 12_703,
        filled=RECEIVED + 12_366,
    )
    resting = _outcome(
        type=OrderType.LIMIT, symbol="BTCUSDT", quantity=Decimal("0.00371"), price=Decimal(60_000),
        status=OrderStatus.PARTIALLY_FILLED, average_price=Decimal("2.501788"), times=late,
    )  # fmt: skip
    text = rendered(orders_shown([resting], TABLE_WIDTH), TABLE_WIDTH)
    for part in ("attempts", "PARTIALLY_FILLED", "BTCUSDT LIMIT at 60000", "80 at 2.501788",
                 "12,376 → 12,703 → 12,366", "slippage"):  # fmt: skip
        assert part in text


@pytest.mark.parametrize("width", WIDTHS)
def test_orders_when_one_was_refused_then_its_reason_is_there(width: int) -> None:
    """A refusal shows its rule and its words, and that nothing was sent."""
    denied = _outcome(
        "is refused",
        status=OrderStatus.DENIED,
        reason="a test",
        code="KILL",
        executed_quantity=Decimal(0),
        average_price=None,
        commissions={},
        fills=0,
        attempts=0,
        times=Times(received=RECEIVED),
    )
    text = rendered(orders_shown([denied], width), width)
    assert "DENIED" in text
    assert "KILL: a test" in text
    assert "→ –" not in text


@pytest.mark.parametrize("width", [*WIDTHS, 60])
def test_orders_when_the_screen_has_a_width_then_it_is_kept(width: int) -> None:
    """No line is longer than the screen, and no word of a wide table is broken."""
    lines = rendered(orders_shown([_outcome(), _outcome("rests")], width), width).splitlines()
    assert max(len(line) for line in lines) <= width


def test_orders_when_the_clock_was_off_then_nothing_is_sent_after_it_was_taken() -> None:
    """Our stamp is an estimate, the exchange's word is not: the later bounds the earlier."""
    early = Times(received=RECEIVED, sent=RECEIVED + 50, acknowledged=RECEIVED + 40)
    text = rendered(orders_shown([_outcome(times=early)], TABLE_WIDTH), TABLE_WIDTH)
    assert "40 → 40 → –" in text


def test_orders_when_a_limit_is_shown_then_with_its_price() -> None:
    """A priced order is told with its price, one by amount with its amount."""
    limit = _outcome(type=OrderType.LIMIT, price=Decimal("54072.8"))
    amount = _outcome(quantity=None, quote_quantity=Decimal(200))
    text = rendered(orders_shown([limit, amount], 80), 80)
    assert "BUY 80 MXUSDT LIMIT at 54072.8" in text
    assert "BUY MXUSDT MARKET for 200" in text
