"""Laws of what is refused before it is matched, one code at a time."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderdesk.simulator.engine.instruments import LISTING, Instrument
from orderdesk.simulator.engine.market import Market
from orderdesk.simulator.engine.orders import OrderRequest, OrderType, Side
from orderdesk.simulator.engine.rules import BOOK_RULES, RULES, first_refusal

_BY_SYMBOL = {instrument.symbol: instrument for instrument in LISTING}


def _request(
    kind: OrderType = OrderType.LIMIT,
    side: Side = Side.BUY,
    *,
    quantity: str | None = None,
    price: str | None = None,
    quote_quantity: str | None = None,
) -> OrderRequest:
    return OrderRequest(
        symbol="",
        side=side,
        type=kind,
        quantity=None if quantity is None else Decimal(quantity),
        price=None if price is None else Decimal(price),
        quote_quantity=None if quote_quantity is None else Decimal(quote_quantity),
    )


def _code(instrument: Instrument, request: OrderRequest) -> int | None:
    market = Market(instrument, seed=1)
    refusal = first_refusal(RULES + BOOK_RULES, market, request)
    return None if refusal is None else refusal.code


_GOOD = _request(quantity="0.01", price="59000")
_BTC_CASES = [
    (_GOOD, None),
    (_request(quantity="0", price="59000"), 10102),
    (_request(quantity="-1", price="59000"), 10102),
    (_request(quantity="0.01", price="0"), 30010),
    (_request(quantity="0.010000001", price="59000"), 10096),
    (_request(quantity="0.0100000000", price="59000.000"), None),
    (_request(quantity="0.01", price="59000.001"), 10096),
    (_request(quantity="0.01", price="72000"), None),
    (_request(quantity="0.01", price="72000.01"), 30087),
    (_request(quantity="0.01", price="1"), 30002),
    (_request(quantity="1", price="1"), None),
    (_request(side=Side.SELL, quantity="0.01", price="48000"), None),
    (_request(side=Side.SELL, quantity="0.01", price="47999.99"), 30087),
    (_request(quantity="0.00000099", price="59000"), 30002),
    (_request(quantity="0.00001", price="59000"), 30002),
    (_request(quantity="34", price="59000"), 30003),
    (_request(OrderType.MARKET, quote_quantity="0.99"), 30002),
    (_request(OrderType.MARKET, quote_quantity="1"), None),
    (_request(OrderType.MARKET, quote_quantity="1.001"), 10096),
    (_request(OrderType.MARKET, quote_quantity="0"), 10102),
    (_request(OrderType.MARKET, quote_quantity="100000.01"), 30003),
    (_request(OrderType.MARKET, quantity="1.7"), 30003),
    (_request(OrderType.LIMIT_MAKER, quantity="0.01", price="60000"), None),
    (_request(OrderType.LIMIT_MAKER, quantity="0.01", price="60000.6"), 30041),
    (_request(OrderType.LIMIT_MAKER, Side.SELL, quantity="0.01", price="59999.4"), 30041),
]


@pytest.mark.parametrize(("request_", "code"), _BTC_CASES)
def test_rules_when_a_request_breaks_one_then_mexcs_code_is_given(
    request_: OrderRequest, code: int | None
) -> None:
    """Each bound is where the symbol's fields put it, and its own code says so."""
    assert _code(_BY_SYMBOL["BTCUSDT"], request_) == code


@pytest.mark.parametrize(
    ("symbol", "request_", "code"),
    [
        ("UNIUSDT", _GOOD, 10007),
        ("LUNAUSDT", _GOOD, 30016),
        ("WAVESUSDT", _GOOD, 30001),
        ("KASUSDT", _request(OrderType.MARKET, quote_quantity="5"), 30019),
        ("KASUSDT", _request(OrderType.IMMEDIATE_OR_CANCEL, quantity="50", price="0.12"), None),
        ("LINKUSDT", _request(OrderType.MARKET, quote_quantity="4.9"), 30002),
    ],
)
def test_rules_when_a_symbol_is_closed_to_it_then_the_symbols_own_code_is_given(
    symbol: str, request_: OrderRequest, code: int | None
) -> None:
    """What a symbol does not take is refused whatever the amounts."""
    assert _code(_BY_SYMBOL[symbol], request_) == code


def test_rules_when_nobody_stands_on_the_other_side_then_a_market_order_is_refused() -> None:
    """A MARKET order needs an opposite order: 30025. A LIMIT order waits for one."""
    empty = replace(_BY_SYMBOL["BTCUSDT"], levels=0)
    assert _code(empty, _request(OrderType.MARKET, quote_quantity="5")) == 30025
    assert _code(empty, _GOOD) is None
