"""ExchangeInfo to the rules of a market, field by field as MEXC means them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderdesk.core.markets import Market, Refusal, Size, fit
from orderdesk.core.orders import OrderType, Side
from orderdesk.errors import ExchangeUnreachable
from orderdesk.exchanges.mexc.spot_markets import common_step, markets

ROW: dict[str, Any] = {
    "symbol": "LINKUSDT",
    "status": "1",
    "baseAsset": "LINK",
    "baseAssetPrecision": 4,
    "quoteAsset": "USDT",
    "quotePrecision": 2,
    "quoteAssetPrecision": 2,
    "baseCommissionPrecision": 4,
    "quoteCommissionPrecision": 2,
    "orderTypes": ["LIMIT", "MARKET", "LIMIT_MAKER"],
    "isSpotTradingAllowed": True,
    "isMarginTradingAllowed": False,
    "permissions": ["SPOT"],
    "filters": [
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": "0.2",
            "askMultiplierDown": "0.1",
        }
    ],
    "quoteAmountPrecision": "1",
    "baseSizePrecision": "0.01",
    "maxQuoteAmount": "2000000",
    "makerCommission": "0",
    "takerCommission": "0.0005",
    "quoteAmountPrecisionMarket": "5",
    "maxQuoteAmountMarket": "100000",
    "tradeSideType": 1,
}


def _market(allowed: frozenset[str] | None = None, **changes: object) -> Market:
    return markets({"symbols": [{**ROW, **changes}]}, allowed)["LINKUSDT"]


def _without(*names: str) -> Market:
    row = {key: value for key, value in ROW.items() if key not in names}
    return markets({"symbols": [row]}, None)["LINKUSDT"]


def test_market_when_the_row_is_whole_then_every_field_means_what_mexc_means() -> None:
    """Precisions are decimals, and two of the fields with that name are amounts."""
    assert _market() == Market(
        symbol="LINKUSDT",
        base="LINK",
        quote="USDT",
        online=True,
        api_trading=True,
        buying_allowed=True,
        selling_allowed=True,
        tick=Decimal("0.01"),
        lot=Decimal("0.01"),
        min_quantity=Decimal("0.01"),
        min_notional=Decimal(1),
        min_notional_market=Decimal(5),
        max_notional=Decimal(2_000_000),
        max_notional_market=Decimal(100_000),
        quote_step=Decimal("0.01"),
        band_up=Decimal("0.2"),
        band_down=Decimal("0.1"),
        market_orders=True,
        on_key=True,
    )


@pytest.mark.parametrize(("status", "online"), [("1", True), (1, True), ("2", False), ("3", False)])
def test_market_when_its_status_is_known_then_only_one_is_online(
    status: object, online: bool
) -> None:
    """1 online, 2 paused, 3 offline."""
    assert _market(status=status).online is online


@pytest.mark.parametrize(
    ("sides", "buying", "selling"),
    [(1, True, True), (2, True, False), (3, False, True), (4, False, False), ("7", False, False)],
)
def test_market_when_sides_are_closed_then_they_are(
    sides: object, buying: bool, selling: bool
) -> None:
    """A side we have no word for is closed."""
    market = _market(tradeSideType=sides)
    assert (market.buying_allowed, market.selling_allowed) == (buying, selling)


def test_market_when_the_key_may_not_trade_it_then_it_is_told() -> None:
    """SelfSymbols decides, where the venue tells."""
    assert not _market(frozenset({"BTCUSDT"})).on_key
    assert _market(frozenset({"LINKUSDT"})).on_key


def test_market_when_the_api_may_not_trade_it_then_it_is_told() -> None:
    """The docs' own example of BTCUSDT has it false."""
    assert not _market(isSpotTradingAllowed=False).api_trading


@pytest.mark.parametrize(
    ("decimals", "smallest", "lot"),
    [
        (4, "0.01", "0.01"),
        (2, "0.0001", "0.01"),
        (4, "0", "0.0001"),
        (4, None, "0.0001"),
        (0, "5", "5"),
        (1, "0.25", "0.5"),
        (8, "0.00000001", "0.00000001"),
    ],
)
def test_lot_when_decimals_and_smallest_quantity_differ_then_it_is_a_multiple_of_both(
    decimals: int, smallest: object, lot: str
) -> None:
    """What both readings of baseSizePrecision allow is right whichever holds."""
    assert _market(baseAssetPrecision=decimals, baseSizePrecision=smallest).lot == Decimal(lot)


@given(st.integers(0, 18), st.integers(1, 10**6), st.integers(0, 18))
def test_common_step_when_computed_then_it_is_the_smallest_multiple_of_both(
    decimals: int, units: int, places: int
) -> None:
    """Exact, whatever the digits."""
    first, second = Decimal(1).scaleb(-decimals), Decimal(units).scaleb(-places)
    step = common_step(first, second)

    assert step % first == 0
    assert step % second == 0
    assert step <= max(first, second) * max(units, 1)


def test_limits_when_absent_then_they_are_no_limits() -> None:
    """What the venue does not say is left for it to refuse."""
    bare = _without(
        "orderTypes", "isSpotTradingAllowed", "filters", "quoteAmountPrecision",
        "baseSizePrecision", "maxQuoteAmount", "quoteAmountPrecisionMarket",
        "maxQuoteAmountMarket", "tradeSideType", "quoteAssetPrecision",
    )  # fmt: skip

    assert bare.online
    assert bare.api_trading
    assert bare.market_orders
    assert bare.buying_allowed
    assert bare.min_notional == bare.max_notional == bare.min_quantity == 0
    assert bare.band_up is bare.band_down is None


def test_minimum_when_only_the_limit_one_is_named_then_it_holds_for_market_orders_too() -> None:
    """The market variant is newer."""
    assert _without("quoteAmountPrecisionMarket").min_notional_market == Decimal(1)


def test_band_when_a_buy_asks_for_more_then_it_is_refused_by_name() -> None:
    """0.2 is a band of ± 20 %; read literally, the docs' formula would refuse every price."""

    def limit(price: int) -> Size | Refusal:
        size = Size(Side.BUY, OrderType.LIMIT, Decimal(1), None, Decimal(price))
        return fit(size, _market(), Decimal(10))

    refused = limit(13)
    assert isinstance(refused, Refusal)
    assert refused.rule == "PRICE_BAND"
    assert isinstance(limit(12), Size)


@pytest.mark.parametrize("up", [None, "", "0"])
def test_band_when_it_is_not_told_then_there_is_none(up: object) -> None:
    """A band of nothing would refuse every price."""
    filters = [{"filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": up}]
    assert _market(filters=filters).band_up is None


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "ENABLED"},
        {"status": "4"},
        {"status": None},
        {"quotePrecision": None},
        {"quotePrecision": 99},
        {"baseAssetPrecision": -1},
        {"isSpotTradingAllowed": "yes"},
        {"baseAsset": None},
        {"filters": "none"},
        {"maxQuoteAmount": "much"},
    ],
)
def test_symbol_when_its_row_is_strange_then_it_alone_is_offline(
    changes: dict[str, object],
) -> None:
    """One odd listing must not stop the desk, and must not trade."""
    strange = {**ROW, "symbol": "ODDUSDT", **changes}
    found = markets({"symbols": [strange, ROW]}, None)

    assert found["LINKUSDT"].online
    assert not found["ODDUSDT"].online
    assert isinstance(
        fit(
            Size(Side.BUY, OrderType.LIMIT, Decimal(1), None, Decimal(10)),
            found["ODDUSDT"],
            Decimal(10),
        ),
        Refusal,
    )


def test_symbols_when_none_can_be_read_then_the_format_has_changed() -> None:
    """On 2024-08-16 status became "1" over night; that must be seen, not traded around."""
    rows = [{**ROW, "symbol": name, "status": "ENABLED"} for name in ("AUSDT", "BUSDT")]
    with pytest.raises(ExchangeUnreachable, match="ENABLED"):
        markets({"symbols": rows}, None)


@pytest.mark.parametrize(
    "content", [{}, [], None, {"symbols": None}, {"symbols": []}, {"symbols": [None]}]
)
def test_symbols_when_there_is_no_list_then_it_is_no_answer(content: object) -> None:
    """No list is not a venue without symbols."""
    with pytest.raises(ExchangeUnreachable):
        markets(content, None)
