"""Positions from fills: average entry, realised and unrealised profit, fees in their own asset.

Spot knows no short position. What is sold beyond what our own fills bought came from
elsewhere: its entry is not known, so it makes neither profit nor loss here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal

from orderdesk.core.answers import Fill
from orderdesk.core.money import ZERO, average_price, minus, plus, product
from orderdesk.core.orders import Side

_EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN)
_FINEST = Decimal("1e-18")
"""Parts of a cost are rounded to this; what is left of it is exact, so nothing gets lost."""


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one symbol, by our fills. Amounts in quote, quantities in base."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    """What was paid for the quantity that is held."""
    realised: Decimal = ZERO
    """Over all time, after fees that were paid in quote."""
    uncovered: Decimal = ZERO
    """So much was sold (or paid as a fee) beyond what our fills had bought."""
    fees: Mapping[str, Decimal] = field(default_factory=dict)
    """Over all time, by the asset they were paid in."""

    @property
    def average_entry(self) -> Decimal | None:
        """Quote per base, to read; None if nothing is held."""
        return average_price(self.cost, self.quantity)

    def unrealised(self, price: Decimal) -> Decimal:
        """Return what selling all at a price would gain, before fees."""
        return minus(product(self.quantity, price), self.cost)


def booked(position: Position, fill: Fill, *, base: str, quote: str) -> Position:
    """Return a position after one more fill; fills count in the order they are booked.

    A fee in quote is a loss at once. A fee in base leaves the position smaller at the same
    cost. A fee in a third asset (MX) is only kept, because nothing here values it.
    """
    fees = dict(position.fees)
    fees[fill.commission_asset] = plus(fees.get(fill.commission_asset, ZERO), fill.commission)
    after = replace(position, fees=fees)
    if fill.side is Side.BUY:
        after = replace(
            after,
            quantity=plus(after.quantity, fill.quantity),
            cost=plus(after.cost, fill.quote_quantity),
        )
    else:
        after = _sold(after, fill)
    if fill.commission_asset == quote:
        return replace(after, realised=minus(after.realised, fill.commission))
    if fill.commission_asset == base:
        return _paid_in_base(after, fill.commission)
    return after


def assets_of(symbol: str, asset: str) -> tuple[str, str]:
    """Guess base and quote of a symbol from one asset of a trade, where nothing says more."""
    if symbol.endswith(asset) and symbol != asset:
        return symbol.removesuffix(asset), asset
    if symbol.startswith(asset):
        return asset, symbol.removeprefix(asset)
    return symbol, ""


def _sold(position: Position, fill: Fill) -> Position:
    covered = min(fill.quantity, position.quantity)
    beyond = minus(fill.quantity, covered)
    if not covered:
        return replace(position, uncovered=plus(position.uncovered, beyond))
    got = _part(fill.quote_quantity, covered, fill.quantity)
    cost = _part(position.cost, covered, position.quantity)
    return replace(
        position,
        quantity=minus(position.quantity, covered),
        cost=minus(position.cost, cost),
        realised=plus(position.realised, minus(got, cost)),
        uncovered=plus(position.uncovered, beyond),
    )


def _paid_in_base(position: Position, fee: Decimal) -> Position:
    paid = min(fee, position.quantity)
    left = minus(position.quantity, paid)
    beyond = plus(position.uncovered, minus(fee, paid))
    if left:
        return replace(position, quantity=left, uncovered=beyond)
    # Nothing is left that could carry the cost: it is lost with the fee.
    lost = minus(position.realised, position.cost)
    return replace(position, quantity=left, cost=ZERO, realised=lost, uncovered=beyond)


def _part(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Return the share of an amount that a part has of a whole."""
    if part == whole:
        return amount
    share = _EXACT.divide(_EXACT.multiply(amount, part), whole)
    return share.quantize(_FINEST, context=_EXACT)
