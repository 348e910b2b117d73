"""A market's rules, and fitting an order into them: floored, never enlarged, each no named."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from orderdesk.core.money import ZERO, canonical, floor_to, passive_price, product
from orderdesk.core.orders import OrderType, Side

_SYMBOL = re.compile(r"[A-Z0-9]{1,20}[-/_][A-Z0-9]{2,20}|[A-Z0-9]{4,40}")


def normalise_symbol(text: str) -> str:
    """Return MEXC's spelling: BTC/USDT, BTC_USDT, btc-usdt and BTCUSDT are all BTCUSDT.

    Raises:
        ValueError: if it cannot be a symbol.
    """
    symbol = text.strip().upper()
    # Some letters that are not ASCII become ASCII in upper case: another coin, by mistake.
    if not text.isascii() or not _SYMBOL.fullmatch(symbol):
        raise ValueError(f"{text!r} is not a symbol: write it like BTCUSDT or BTC/USDT")
    return re.sub(r"[-/_]", "", symbol)


@dataclass(frozen=True, slots=True)
class Market:
    """What the venue says of one symbol. Notionals in quote, quantities in base; 0 is no limit."""

    symbol: str
    base: str
    quote: str
    online: bool
    api_trading: bool
    buying_allowed: bool
    selling_allowed: bool
    tick: Decimal
    """Smallest price step."""
    lot: Decimal
    """Smallest quantity step."""
    min_quantity: Decimal
    min_notional: Decimal
    min_notional_market: Decimal
    max_notional: Decimal
    max_notional_market: Decimal
    quote_step: Decimal
    """Smallest step of an amount in quote."""
    band_up: Decimal | None
    """A buy may ask for at most last × (1 + band_up); None where the venue names no band."""
    band_down: Decimal | None
    market_orders: bool
    on_key: bool = True
    """False if the venue says that this key may not trade the symbol."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much, at what price; after fitting, exactly what is sent."""

    side: Side
    type: OrderType
    quantity: Decimal | None
    quote_quantity: Decimal | None
    price: Decimal | None

    def notional(self, reference_price: Decimal | None) -> Decimal | None:
        """Return the value in quote; a market order by quantity needs a reference price."""
        if self.quote_quantity is not None:
            return self.quote_quantity
        price = self.price if self.price is not None else reference_price
        if self.quantity is None or price is None:
            return None
        return product(self.quantity, price)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no of the desk: which field, which value, which rule.

    A no that is about no field (the kill switch) is its message alone.
    """

    rule: str
    field: str
    value: str
    message: str

    def __str__(self) -> str:
        if not self.field:
            return self.message
        return f"{self.rule}: {self.field}={self.value}: {self.message}"


def fit(size: Size, market: Market, last_price: Decimal | None) -> Size | Refusal:
    """Round an order into a market's steps and hold it against the market's rules.

    Quantities are floored, prices go to the passive side. `last_price` (quote per base)
    values market orders and the price band; where it is None those two are left to the venue.
    """
    fitted = replace(
        size,
        quantity=None if size.quantity is None else floor_to(size.quantity, market.lot),
        quote_quantity=(
            None
            if size.quote_quantity is None
            else floor_to(size.quote_quantity, market.quote_step)
        ),
        price=(
            None
            if size.price is None
            else passive_price(size.price, market.tick, buying=size.side is Side.BUY)
        ),
    )
    for rule in _RULES:
        for refusal in rule(fitted, market, last_price):
            return refusal
    return fitted


_Rule = Callable[[Size, Market, Decimal | None], Iterator[Refusal]]


def _tradable(size: Size, market: Market, _last: Decimal | None) -> Iterator[Refusal]:
    symbol = market.symbol
    if not market.online:
        yield Refusal("SYMBOL_STATUS", "symbol", symbol, "trading is paused or over")
    if not market.api_trading:
        yield Refusal("SYMBOL_API", "symbol", symbol, "the venue does not trade it by API")
    if not market.on_key:
        yield Refusal("SYMBOL_KEY", "symbol", symbol, "this API key may not trade it")
    allowed = market.buying_allowed if size.side is Side.BUY else market.selling_allowed
    if not allowed:
        yield Refusal("SIDE_ALLOWED", "side", size.side, f"{symbol} does not take this side now")
    if size.type is OrderType.MARKET and not market.market_orders:
        yield Refusal("MARKET_ORDERS", "type", size.type, f"{symbol} takes no market orders")


def _amounts(size: Size, market: Market, _last: Decimal | None) -> Iterator[Refusal]:
    if size.quantity is not None:
        text = canonical(size.quantity)
        if size.quantity <= ZERO:
            yield Refusal(
                "LOT", "quantity", text, f"nothing is left at step {canonical(market.lot)}"
            )
        if size.quantity < market.min_quantity:
            minimum = canonical(market.min_quantity)
            yield Refusal("MIN_QUANTITY", "quantity", text, f"the minimum is {minimum}")
    if size.quote_quantity is not None and size.quote_quantity <= ZERO:
        text = canonical(size.quote_quantity)
        yield Refusal(
            "LOT", "quote_quantity", text, f"nothing is left at {canonical(market.quote_step)}"
        )
    if size.price is not None and size.price <= ZERO:
        yield Refusal(
            "TICK",
            "price",
            canonical(size.price),
            f"nothing is left at tick {canonical(market.tick)}",
        )


def _notional(size: Size, market: Market, last: Decimal | None) -> Iterator[Refusal]:
    at_market = size.type is OrderType.MARKET
    minimum = market.min_notional_market if at_market else market.min_notional
    maximum = market.max_notional_market if at_market else market.max_notional
    value = size.notional(last)
    if value is None:
        return
    text = canonical(value)
    if value < minimum:
        message = f"the minimum is {canonical(minimum)} {market.quote}"
        yield Refusal("MIN_NOTIONAL", "notional", text, message)
    if maximum > ZERO and value > maximum:
        message = f"the maximum is {canonical(maximum)} {market.quote}"
        yield Refusal("MAX_NOTIONAL", "notional", text, message)


def _band(size: Size, market: Market, last: Decimal | None) -> Iterator[Refusal]:
    if size.price is None or last is None:
        return
    if size.side is Side.BUY and market.band_up is not None:
        highest = product(last, 1 + market.band_up)
        if size.price > highest:
            message = f"a buy may ask for at most {canonical(highest)}"
            yield Refusal("PRICE_BAND", "price", canonical(size.price), message)
    if size.side is Side.SELL and market.band_down is not None:
        lowest = product(last, 1 - market.band_down)
        if size.price < lowest:
            message = f"a sell may ask for at least {canonical(lowest)}"
            yield Refusal("PRICE_BAND", "price", canonical(size.price), message)


_RULES: tuple[_Rule, ...] = (_tradable, _amounts, _notional, _band)
