"""What may be traded here, and by which numbers: the simulator's own listing.

The *fields* are those of MEXC's exchangeInfo (MEXC spot v3 docs, Jan 2026). The *values* are
like MEXC's, not MEXC's: a client must read them, never know them. Prices and depths are invented.
"""

from dataclasses import dataclass
from decimal import Decimal

from orderdesk.simulator.engine.amounts import unit
from orderdesk.simulator.engine.orders import OrderType, Side

# tradeSideType: 1 all, 2 buy only, 3 sell only, 4 closed (MEXC spot v3 docs, Jan 2026).
SIDES_BY_TRADE_SIDE_TYPE: dict[int, frozenset[Side]] = {
    1: frozenset(Side),
    2: frozenset({Side.BUY}),
    3: frozenset({Side.SELL}),
    4: frozenset(),
}
# status: "1" online, "2" paused, "3" offline, since 2024-08-16 (MEXC spot v3 docs, Jan 2026).
ONLINE, PAUSED = "1", "2"

_ALL_TYPES = (OrderType.LIMIT, OrderType.MARKET, OrderType.LIMIT_MAKER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One symbol: MEXC's fields under readable names, then how our house makes its market.

    `quantity_decimals` is baseAssetPrecision, `price_decimals` quotePrecision, `min_quantity`
    baseSizePrecision, `min_notional` quoteAmountPrecision, `max_notional` maxQuoteAmount: amounts
    of the quote asset. `band_up` and `band_down` are the PERCENT_PRICE_BY_SIDE multipliers: a
    buy may be priced up to last x (1 + up), a sell down to last x (1 - down). The docs' literal
    last x 0.005 would refuse every order, hence a band.
    """

    base: str
    full_name: str
    price_decimals: int
    quantity_decimals: int
    min_quantity: Decimal
    start_price: Decimal
    level_notional: Decimal
    quote: str = "USDT"
    min_notional: Decimal = Decimal(1)
    min_notional_market: Decimal = Decimal(1)
    max_notional: Decimal = Decimal(2_000_000)
    max_notional_market: Decimal = Decimal(100_000)
    band_up: Decimal = Decimal("0.2")
    band_down: Decimal = Decimal("0.2")
    trade_side_type: int = 1
    status: str = ONLINE
    open_to_api: bool = True
    order_types: tuple[OrderType, ...] = _ALL_TYPES
    buy_fee_in_base: bool = False
    levels: int = 100
    level_gap_bps: Decimal = Decimal("0.5")
    walk_bps: Decimal = Decimal("1.5")

    @property
    def symbol(self) -> str:
        """Give MEXC's name: base and quote without a separator."""
        return self.base + self.quote

    @property
    def tick(self) -> Decimal:
        """Give the smallest price step."""
        return unit(self.price_decimals)

    @property
    def takes_market_orders(self) -> bool:
        """Say whether MARKET orders are open to the API."""
        return OrderType.MARKET in self.order_types

    @property
    def sides(self) -> frozenset[Side]:
        """Give the sides that may be traded."""
        return SIDES_BY_TRADE_SIDE_TYPE[self.trade_side_type]


LISTING: tuple[Instrument, ...] = (
    Instrument(
        base="BTC",
        full_name="Bitcoin",
        price_decimals=2,
        quantity_decimals=8,
        min_quantity=Decimal("0.000001"),
        start_price=Decimal(60_000),
        level_notional=Decimal(20_000),
        level_gap_bps=Decimal("0.1"),
    ),
    Instrument(
        base="ETH",
        full_name="Ethereum",
        price_decimals=2,
        quantity_decimals=5,
        min_quantity=Decimal("0.0001"),
        start_price=Decimal(3_000),
        level_notional=Decimal(10_000),
        level_gap_bps=Decimal("0.2"),
    ),
    Instrument(
        # Its buy fee is taken in the coin bought: a client may trust myTrades only.
        base="SOL",
        full_name="Solana",
        price_decimals=2,
        quantity_decimals=4,
        min_quantity=Decimal("0.001"),
        start_price=Decimal(150),
        level_notional=Decimal(5_000),
        buy_fee_in_base=True,
    ),
    Instrument(
        # A thin book: a few thousand USDT move the price.
        base="MX",
        full_name="MX Token",
        price_decimals=4,
        quantity_decimals=2,
        min_quantity=Decimal(0),
        start_price=Decimal("2.5"),
        level_notional=Decimal(150),
        levels=40,
        level_gap_bps=Decimal(5),
        walk_bps=Decimal(3),
    ),
    Instrument(
        # Minimum 1 USDT, size step 0.01, band 0.2: as the public "MEXC trading connector" spec
        # found them live on 2026-09-25.
        base="LINK",
        full_name="Chainlink",
        price_decimals=3,
        quantity_decimals=4,
        min_quantity=Decimal("0.01"),
        start_price=Decimal(15),
        level_notional=Decimal(2_000),
        min_notional_market=Decimal(5),
    ),
    Instrument(
        # No MARKET orders over the API: 30019.
        base="KAS",
        full_name="Kaspa",
        price_decimals=5,
        quantity_decimals=1,
        min_quantity=Decimal("0.1"),
        start_price=Decimal("0.12"),
        level_notional=Decimal(500),
        order_types=(OrderType.LIMIT, OrderType.LIMIT_MAKER),
    ),
    Instrument(
        # Quoted, but not open to the API: 10007, and absent from selfSymbols.
        base="UNI",
        full_name="Uniswap",
        price_decimals=3,
        quantity_decimals=2,
        min_quantity=Decimal("0.01"),
        start_price=Decimal(8),
        level_notional=Decimal(1_000),
        open_to_api=False,
    ),
    Instrument(
        # On its way out: may only be sold (30001).
        base="WAVES",
        full_name="Waves",
        price_decimals=4,
        quantity_decimals=2,
        min_quantity=Decimal("0.01"),
        start_price=Decimal("1.1"),
        level_notional=Decimal(300),
        trade_side_type=3,
    ),
    Instrument(
        # Paused: 30016.
        base="LUNA",
        full_name="Terra",
        price_decimals=4,
        quantity_decimals=2,
        min_quantity=Decimal("0.01"),
        start_price=Decimal("0.4"),
        level_notional=Decimal(300),
        status=PAUSED,
    ),
)
