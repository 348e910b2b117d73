"""PURE: what an account is worth: positions at prices, exposure, profit and loss, equity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderdesk.core.answers import Balance
from orderdesk.core.money import ZERO, minus, plus, product
from orderdesk.core.portfolio import Position

CURRENCY = "USDT"
"""What everything is valued in; every asset of MEXC's spot market trades against it."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price in `CURRENCY`, and how old it is."""

    value: Decimal
    age_ms: int


Prices = Mapping[str, Price]
"""By asset; one that has no price is missing."""


@dataclass(frozen=True, slots=True)
class Valued:
    """One symbol's position at a price."""

    symbol: str
    position: Position
    price: Decimal | None
    """Quote per base."""
    price_age_ms: int | None
    unrealised: Decimal | None
    exposure: Decimal
    """What is held, at the price, or at its cost where there is no price; in quote."""
    fees_value: Decimal
    """All fees ever paid on this symbol, in `CURRENCY` at today's prices."""
    third_fees_value: Decimal
    """Those of them that are neither base nor quote, which the position does not hold."""


def valued(symbol: str, position: Position, *, base: str, quote: str, prices: Prices) -> Valued:
    """Value one position; `prices` are in `CURRENCY`."""
    in_base, in_quote = prices.get(base), prices.get(quote)
    price, age_ms = None, None
    if in_base is not None and in_quote is not None and in_quote.value == 1:
        price, age_ms = in_base.value, in_base.age_ms
    unrealised = None if price is None else position.unrealised(price)
    held = position.cost if price is None else product(position.quantity, price)
    worth = {asset: _worth(paid, asset, prices) for asset, paid in position.fees.items()}
    third = [value for asset, value in worth.items() if asset not in (base, quote)]
    return Valued(
        symbol=symbol,
        position=position,
        price=price,
        price_age_ms=age_ms,
        unrealised=unrealised,
        exposure=held,
        fees_value=plus(*worth.values()),
        third_fees_value=plus(*third),
    )


def profit(positions: Sequence[Valued]) -> tuple[Decimal, Decimal]:
    """Return realised and unrealised profit, every fee taken off.

    Fees in quote and base are in the positions already; those in a third asset are taken off
    what is realised, at today's price. Deposits and withdrawals are in no position.
    """
    realised = plus(*(one.position.realised for one in positions))
    third = plus(*(one.third_fees_value for one in positions))
    unrealised = plus(*(one.unrealised for one in positions if one.unrealised is not None))
    return minus(realised, third), unrealised


def equity(balances: Sequence[Balance], prices: Prices) -> Decimal:
    """Return what all balances are worth; what has no price counts nothing."""
    return plus(*(_worth(balance.total, balance.asset, prices) for balance in balances))


def _worth(amount: Decimal, asset: str, prices: Prices) -> Decimal:
    price = prices.get(asset)
    return ZERO if price is None else product(amount, price.value)
