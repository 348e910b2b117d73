"""A bad order raises at the call, before anything is queued, and says what to change."""

from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import (
    CancelOrder,
    Command,
    PlaceOrder,
    PollOrderStatus,
    ResolveOrder,
    checked,
)
from orderdesk.core.orders import OrderType, Side
from tests.contracts.samples import LIMIT, MARKET, order, refused


def test_order_when_given_as_people_write_it_then_it_is_read_as_the_exchange_writes_it() -> None:
    """Case, spaces and separators are forgiven; amounts keep every digit."""
    read = order(symbol=" btc/usdt ", side="buy", type=" limit ", quantity="0.100", price=44500)
    assert (read.symbol, read.side, read.type) == ("BTCUSDT", Side.BUY, OrderType.LIMIT)
    assert str(read.quantity) == "0.100"
    assert (read.account, read.market, read.version) == ("main", "spot", 1)
    assert (read.valid_for_ms, read.valid_until_ms, read.trace_id) == (60_000, None, "")
    assert (read.key_minted, read.intake_entry) == (False, None)


BROKEN = [
    ({"symbol": "BTC"}, "symbol", "is not a symbol: write it like BTCUSDT"),
    ({"symbol": 5}, "symbol", "valid string"),
    ({"symbol": ...}, "symbol", "must be given"),
    ({"side": "LONG"}, "side", "'BUY' or 'SELL'"),
    ({"side": None}, "side", "'BUY' or 'SELL'"),
    ({"type": "STOP_LOSS"}, "type", "'LIMIT_MAKER'"),
    ({"quantity": "0"}, "quantity", "greater than 0"),
    ({"quantity": "-1"}, "quantity", "greater than 0"),
    ({"quantity": 0.1}, "quantity", "is not exact"),
    ({"quantity": True}, "quantity", "is not exact"),
    ({"quantity": "NaN"}, "quantity", "not a finite number"),
    ({"quantity": "much"}, "quantity", "is not a number"),
    ({"quantity": [1]}, "quantity", "is not an amount"),
    ({"quantity": ...}, "quantity", "a LIMIT order needs a quantity"),
    ({"price": "0"}, "price", "greater than 0"),
    ({"price": 44500.0}, "price", "is not exact"),
    ({"price": "Infinity"}, "price", "not a finite number"),
    ({"type": ...}, "type", "must be given"),
    ({"price": ...}, "price", "a LIMIT order needs a price"),
    ({"price": ..., "type": "LIMIT_MAKER"}, "price", "a LIMIT_MAKER order needs a price"),
    ({"price": ..., "type": "FILL_OR_KILL"}, "price", "a FILL_OR_KILL order needs a price"),
    ({"quote_quantity": "5"}, "quote_quantity", "is for MARKET orders: give LIMIT a quantity"),
    ({"quote_quantity": "0"}, "quote_quantity", "greater than 0"),
    ({"market": "futures"}, "market", "'spot'"),
    ({"account": "My Desk"}, "account", ""),
    ({"account": "a" * 33}, "account", ""),
    ({"idempotency_key": ""}, "idempotency_key", "at least 1 character"),
    ({"idempotency_key": "a" * 201}, "idempotency_key", "at most 200 characters"),
    ({"idempotency_key": "two words"}, "idempotency_key", ""),
    ({"idempotency_key": "naïve"}, "idempotency_key", ""),
    ({"idempotency_key": "k\n"}, "idempotency_key", ""),
    ({"idempotency_key": 7}, "idempotency_key", "valid string"),
    ({"trace_id": "a b"}, "trace_id", ""),
    ({"trace_id": "t" * 129}, "trace_id", "at most 128 characters"),
    ({"valid_for_ms": 0}, "valid_for_ms", "greater than 0"),
    ({"valid_for_ms": 604_800_001}, "valid_for_ms", "less than or equal to 604800000"),
    ({"valid_for_ms": 1.5}, "valid_for_ms", "integer"),
    ({"valid_until_ms": 0}, "valid_until_ms", "greater than 0"),
    ({"valid_until_ms": 253_402_300_800_000}, "valid_until_ms", "less than 253402300800000"),
    ({"intake_entry": "now"}, "intake_entry", ""),
    ({"version": 2}, "version", "must be 1"),
]


@pytest.mark.parametrize(("change", "field", "rule"), BROKEN)
def test_order_when_one_field_breaks_a_rule_then_field_value_and_rule_are_named(
    change: dict[str, Any], field: str, rule: str
) -> None:
    """A bad order raises at the call, and says what to change."""
    error = refused(PlaceOrder, {k: v for k, v in {**LIMIT, **change}.items() if v is not ...})
    assert error.field == field
    assert error.rule
    assert rule in error.rule
    if change[field] is not ...:
        assert error.value == repr(change[field])[:100]
        assert str(error) == f"PlaceOrder: {field}={error.value}: {error.rule}"
    assert str(error).startswith(f"PlaceOrder: {field}")
    assert str(error).endswith(f": {error.rule}")


def test_order_when_a_field_is_left_out_then_it_is_not_shown_with_a_value() -> None:
    """Nobody is told that they gave an empty price when they gave none."""
    error = refused(PlaceOrder, {name: LIMIT[name] for name in LIMIT if name != "price"})
    assert str(error) == "PlaceOrder: price: a LIMIT order needs a price"
    assert error.value == ""


TIMES_IN_FORCE = [
    ("LIMIT", "GTC", OrderType.LIMIT),
    ("limit", "gtc", OrderType.LIMIT),
    ("LIMIT", None, OrderType.LIMIT),
    ("LIMIT", "IOC", OrderType.IMMEDIATE_OR_CANCEL),
    ("limit", "ioc", OrderType.IMMEDIATE_OR_CANCEL),
    ("LIMIT", "FOK", OrderType.FILL_OR_KILL),
    ("LIMIT_MAKER", "GTC", OrderType.LIMIT_MAKER),
    ("IMMEDIATE_OR_CANCEL", "IOC", OrderType.IMMEDIATE_OR_CANCEL),
    ("FILL_OR_KILL", "FOK", OrderType.FILL_OR_KILL),
    ("MARKET", None, OrderType.MARKET),
    pytest.param(
        " limit ",
        " gtc ",
        OrderType.LIMIT,
    ),
]


@pytest.mark.parametrize(("kind", "time_in_force", "expected"), TIMES_IN_FORCE)
def test_time_in_force_when_it_goes_with_the_type_then_it_becomes_the_type(
    kind: str, time_in_force: str | None, expected: OrderType
) -> None:
    """MEXC has no timeInForce: the wish becomes the type, and nothing else changes."""
    price = ... if kind == "MARKET" else "44500"
    read = order(type=kind, time_in_force=time_in_force, price=price)
    assert read.type is expected
    assert read.task_id == order(type=expected, price=price).task_id


@pytest.mark.parametrize(
    ("kind", "time_in_force"),
    [
        ("MARKET", "GTC"),
        ("MARKET", "IOC"),
        ("LIMIT_MAKER", "FOK"),
        ("IMMEDIATE_OR_CANCEL", "GTC"),
        ("IMMEDIATE_OR_CANCEL", "FOK"),
        ("FILL_OR_KILL", "IOC"),
        ("LIMIT", "GTD"),
        ("LIMIT", ""),
    ],
)
def test_time_in_force_when_it_does_not_go_with_the_type_then_it_is_refused(
    kind: str, time_in_force: str
) -> None:
    """A wish that would be dropped silently is an error."""
    price = None if kind == "MARKET" else "1"
    error = refused(
        PlaceOrder, {**LIMIT, "type": kind, "price": price, "time_in_force": time_in_force}
    )
    assert (error.field, error.value) == ("time_in_force", repr(time_in_force))
    assert error.rule == (
        f"time_in_force={time_in_force!r} does not go with type={kind!r}: "
        "use GTC, IOC or FOK with LIMIT, or leave it out"
    )


@pytest.mark.parametrize("amount", ["quantity", "quote_quantity"])
def test_market_order_when_given_one_amount_then_base_and_quote_are_both_fine(amount: str) -> None:
    """A market order is sized by what it takes or by what it may cost."""
    read = checked(PlaceOrder, {**MARKET, amount: "12.50"})
    assert (getattr(read, amount), read.price) == (Decimal("12.5"), None)


@pytest.mark.parametrize("given", [{}, {"quantity": "1", "quote_quantity": "2"}])
def test_market_order_when_given_no_amount_or_two_then_it_is_refused(given: dict[str, str]) -> None:
    """Exactly one amount says how much."""
    error = refused(PlaceOrder, {**MARKET, **given})
    assert error.field in ("quantity", "quote_quantity")
    assert error.rule == "a MARKET order takes either quantity or quote_quantity"


def test_market_order_when_given_a_price_then_it_is_refused() -> None:
    """A price that would be ignored is a misunderstanding."""
    error = refused(PlaceOrder, {**MARKET, "quantity": "1", "price": "9"})
    assert (error.field, error.value) == ("price", "'9'")
    assert "takes no price" in error.rule


@pytest.mark.parametrize(
    "change", [{"quantity": "1e1000"}, {"price": "1e-1000"}, {"valid_until_ms": 2**63}]
)
def test_order_when_a_number_fits_nowhere_then_it_is_refused_at_the_call(
    change: dict[str, Any],
) -> None:
    """What no column can hold must not reach a worker, where it would break again and again."""
    assert refused(PlaceOrder, {**LIMIT, **change}).field in change


def test_poll_when_nothing_is_said_then_it_asks_once() -> None:
    """Following an order to its end must be asked for."""
    assert checked(PollOrderStatus, {"order": "k"}).until == "now"
    assert checked(PollOrderStatus, {"order": "k", "until": "now"}).until == "now"
    assert refused(PollOrderStatus, {"order": "k", "until": "later"}).field == "until"


@pytest.mark.parametrize("model", [CancelOrder, PollOrderStatus, ResolveOrder])
def test_command_when_it_names_no_order_then_it_is_refused(model: type[Command]) -> None:
    """A command about an order says which."""
    for fields in ({}, {"order": ""}, {"order": "two words"}):
        assert refused(model, fields).field == "order"
