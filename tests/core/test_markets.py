"""An order is floored into its market, never enlarged, and every no names what it is about."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.markets import Market, Refusal, Size, fit, normalise_symbol
from orderdesk.core.orders import OrderType, Side
from tests.core.laws import decimals_of, law, steps
from tests.core.pieces import a_market, a_size

LAST = Decimal(100)
BY_QUANTITY: dict[str, Any] = {"type": OrderType.MARKET, "price": None}
BY_QUOTE = BY_QUANTITY | {"quantity": None, "quote_quantity": Decimal(10)}

bounds = st.just(Decimal(0)) | decimals_of(st.integers(1, 10**6), 6)
numbers = decimals_of(st.integers(1, 10**8), 8)
bands = st.none() | st.decimals("0.01", "0.5", places=2)
markets = st.builds(
    a_market,
    tick=steps,
    lot=steps,
    quote_step=steps,
    min_quantity=bounds,
    min_notional=bounds,
    min_notional_market=bounds,
    max_notional=bounds,
    max_notional_market=bounds,
    band_up=bands,
    band_down=bands,
)
priced = st.builds(
    Size,
    st.sampled_from(Side),
    st.sampled_from([kind for kind in OrderType if kind.priced]),
    numbers,
    st.none(),
    numbers,
)
at_market = st.builds(
    lambda side, number, by_quote: Size(
        side,
        OrderType.MARKET,
        None if by_quote else number,
        number if by_quote else None,
        None,
    ),
    st.sampled_from(Side),
    numbers,
    st.booleans(),
)
sizes = priced | at_market


def test_symbol_when_spelled_in_any_usual_way_then_it_is_mexcs() -> None:
    """One coin pair has one name, whatever the producer's habit."""
    spelled = ["BTCUSDT", "BTC/USDT", "BTC_USDT", "BTC-USDT", "btc/usdt", "  btcusdt "]
    assert {normalise_symbol(text) for text in spelled} == {"BTCUSDT"}


@pytest.mark.parametrize(
    "text", ["", " ", "B", "BTC USDT", "BTC//USDT", "BTC/", "/USDT", "BTC/USDT/X", "BTC.USDT"]
)
def test_symbol_when_it_cannot_be_one_then_it_is_refused_by_its_text(text: str) -> None:
    """The refusal shows what was given and how to write it."""
    with pytest.raises(ValueError, match="write it like BTCUSDT or BTC/USDT") as caught:
        normalise_symbol(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["S/USDT", "W_USDT", "t-usdt"])
def test_symbol_when_its_coin_has_one_letter_then_every_spelling_is_taken(text: str) -> None:
    """S, W and T are coins: SUSDT is taken, so S/USDT must be."""
    plain = "".join(letter for letter in text.upper() if letter.isalpha())
    assert normalise_symbol(text) == normalise_symbol(plain) == plain


@pytest.mark.parametrize("text", ["\u017fUSDT", "\u00dfUSDT", "\ufb01/USDT"])
def test_symbol_when_a_letter_only_looks_like_one_then_it_is_refused(text: str) -> None:
    """A long s is no S: another coin must never be ordered by mistake."""
    with pytest.raises(ValueError):
        normalise_symbol(text)


@law
@given(sizes, markets, st.none() | numbers)
def test_fit_when_an_order_fits_then_nothing_about_it_became_worse(
    size: Size, market: Market, last: Decimal | None
) -> None:
    """Amounts only shrink, and by less than a step; prices only move to the passive side."""
    fitted = fit(size, market, last)
    if isinstance(fitted, Refusal):
        return
    assert (fitted.side, fitted.type) == (size.side, size.type)
    for ours, asked, step in (
        (fitted.quantity, size.quantity, market.lot),
        (fitted.quote_quantity, size.quote_quantity, market.quote_step),
    ):
        assert (ours is None) is (asked is None)
        if ours is not None and asked is not None:
            assert 0 < ours <= asked < ours + step
    if fitted.price is not None and size.price is not None:
        gained = size.price - fitted.price if size.side is Side.BUY else fitted.price - size.price
        assert 0 <= gained < market.tick
    assert fit(fitted, market, last) == fitted


@law
@given(sizes, markets, st.none() | numbers)
def test_fit_when_an_order_fits_then_it_keeps_every_limit_of_the_market(
    size: Size, market: Market, last: Decimal | None
) -> None:
    """What is let through is within the figures; what is not is refused with all its words."""
    fitted = fit(size, market, last)
    if isinstance(fitted, Refusal):
        assert all((fitted.rule, fitted.field, fitted.value, fitted.message))
        return
    taken = size.type is OrderType.MARKET
    value = fitted.notional(last)
    if value is not None:
        assert value >= (market.min_notional_market if taken else market.min_notional)
        most = market.max_notional_market if taken else market.max_notional
        assert most == 0 or value <= most
    if fitted.quantity is not None:
        assert fitted.quantity >= market.min_quantity
    if fitted.price is not None and last is not None:
        if size.side is Side.BUY and market.band_up is not None:
            assert fitted.price <= last * (1 + market.band_up)
        if size.side is Side.SELL and market.band_down is not None:
            assert fitted.price >= last * (1 - market.band_down)


LITTLE, MUCH = {"quote_quantity": Decimal("0.99")}, {"quote_quantity": Decimal("500.01")}
REFUSED: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({"online": False}, {}, "SYMBOL_STATUS: symbol=BTCUSDT", "paused or over"),
    ({"api_trading": False}, {}, "SYMBOL_API: symbol=BTCUSDT", "not trade it by API"),
    ({"on_key": False}, {}, "SYMBOL_KEY: symbol=BTCUSDT", "this API key may not"),
    ({"buying_allowed": False}, {}, "SIDE_ALLOWED: side=BUY", "BTCUSDT does not take this side"),
    ({"selling_allowed": False}, {"side": Side.SELL}, "SIDE_ALLOWED: side=SELL", "this side"),
    ({"market_orders": False}, BY_QUANTITY, "MARKET_ORDERS: type=MARKET", "no market orders"),
    ({}, {"quantity": Decimal("0.0009")}, "LOT: quantity=0", "step 0.001"),
    ({}, {"quantity": Decimal("0.0019")}, "MIN_QUANTITY: quantity=0.001", "the minimum is 0.002"),
    ({}, BY_QUOTE | {"quote_quantity": Decimal("0.009")}, "LOT: quote_quantity=0", "left at 0.01"),
    ({}, {"price": Decimal("0.009")}, "TICK: price=0", "tick 0.01"),
    ({}, {"quantity": Decimal("0.0499")}, "MIN_NOTIONAL: notional=4.9", "minimum is 5 USDT"),
    ({}, BY_QUOTE | LITTLE, "MIN_NOTIONAL: notional=0.99", "minimum is 1 USDT"),
    (
        {},
        BY_QUANTITY | {"quantity": Decimal("0.009")},
        "MIN_NOTIONAL: notional=0.9",
        "minimum is 1 USDT",
    ),
    ({}, {"quantity": Decimal("10.01")}, "MAX_NOTIONAL: notional=1001", "maximum is 1000 USDT"),
    (
        {},
        BY_QUANTITY | {"quantity": Decimal("5.01")},
        "MAX_NOTIONAL: notional=501",
        "maximum is 500 USDT",
    ),
    ({}, BY_QUOTE | MUCH, "MAX_NOTIONAL: notional=500.01", "maximum is 500 USDT"),
    ({}, {"price": Decimal("110.01")}, "PRICE_BAND: price=110.01", "at most 110"),
    ({}, {"side": Side.SELL, "price": Decimal("79.99")}, "PRICE_BAND: price=79.99", "at least 80"),
]


@pytest.mark.parametrize(("market", "size", "named", "right"), REFUSED)
def test_fit_when_a_rule_is_broken_then_field_value_and_rule_are_named(
    market: dict[str, Any], size: dict[str, Any], named: str, right: str
) -> None:
    """Each no says which rule, which field and which value, and what would be right."""
    refusal = fit(a_size(**size), a_market(**market), LAST)
    assert isinstance(refusal, Refusal)
    assert f"{refusal.rule}: {refusal.field}={refusal.value}" == named
    assert right in refusal.message
    assert str(refusal) == f"{named}: {refusal.message}"


@pytest.mark.parametrize(
    ("market", "size"),
    [
        ({}, {}),
        ({}, BY_QUANTITY),
        ({}, BY_QUOTE),
        ({}, {"quantity": Decimal("0.05")}),
        ({"min_quantity": Decimal("0.05")}, {"quantity": Decimal("0.05")}),
        ({}, {"quantity": Decimal(10)}),
        ({}, {"price": Decimal(110)}),
        ({}, {"side": Side.SELL, "price": Decimal(80)}),
        ({}, {"side": Side.SELL, "price": Decimal(900)}),
        ({"band_up": None}, {"price": Decimal(900)}),
        ({"band_down": None}, {"side": Side.SELL, "price": Decimal(6)}),
        ({"max_notional": Decimal(0)}, {"quantity": Decimal(10**9)}),
        ({"selling_allowed": False, "market_orders": False}, {}),
        ({"buying_allowed": False}, {"side": Side.SELL}),
    ],
)
def test_fit_when_an_order_is_just_within_the_rules_then_it_is_sent_as_asked(
    market: dict[str, Any], size: dict[str, Any]
) -> None:
    """The figures themselves are allowed, 0 is no limit, and one side's rule spares the other."""
    asked = a_size(**size)
    assert fit(asked, a_market(**market), LAST) == asked


@pytest.mark.parametrize("size", [BY_QUANTITY, {"price": Decimal(900)}])
def test_fit_when_no_price_is_known_then_value_and_band_are_left_to_the_venue(
    size: dict[str, Any],
) -> None:
    """What cannot be judged here is not refused here."""
    asked = a_size(**size)
    assert fit(asked, a_market(min_notional_market=Decimal(10**6)), None) == asked


def test_fit_when_several_rules_are_broken_then_the_plainest_answers_first() -> None:
    """A symbol that is closed is told before the amounts that do not fit it."""
    small = a_size(quantity=Decimal("0.0001"), price=Decimal(10**6))
    refusal = fit(small, a_market(online=False), LAST)
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "SYMBOL_STATUS"


@pytest.mark.parametrize(
    "size",
    [
        {"quantity": Decimal("1e-9")},
        {"price": Decimal("1e-9")},
        BY_QUOTE | {"quote_quantity": Decimal("1e-9")},
    ],
)
def test_fit_when_a_step_is_tiny_then_the_refusal_writes_it_in_digits(
    size: dict[str, Any],
) -> None:
    """People read refusals: 0.00000001, not 1E-8."""
    step = Decimal("0.00000001")
    refusal = fit(a_size(**size), a_market(lot=step, tick=step, quote_step=step), LAST)
    assert isinstance(refusal, Refusal)
    assert "0.00000001" in refusal.message


def test_notional_when_asked_then_it_is_exact_or_unknown() -> None:
    """Quote amount first, own price second, reference price last, and never a guess."""
    size = a_size(quantity=Decimal("0.123456789012345678"), price=Decimal("12345678901.123456789"))
    exact = "1524157875.310166244154854556763907942"
    assert str(size.notional(None)) == exact
    assert size.notional(LAST) == size.notional(None)
    by_quantity = a_size(**BY_QUANTITY)
    assert by_quantity.notional(LAST) == LAST
    assert by_quantity.notional(None) is None
    assert replace(by_quantity, quantity=None).notional(LAST) is None
    assert a_size(**BY_QUOTE).notional(LAST) == Decimal(10)
