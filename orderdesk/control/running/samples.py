"""PURE: the orders that show a new desk at work, sized so that the risk limits let them pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from orderdesk.core.money import ZERO, canonical, floor_to
from orderdesk.core.risk.limits import RiskLimits

THIN, DEEP = "MXUSDT", "BTCUSDT"
"""In a thin book slippage can be seen. Two symbols only: a price costs the desk a request."""

_USUAL = Decimal(200)
"""In USDT: enough to eat more than one level of a thin book, and below the usual limit."""

_BELOW_MARKET = Decimal("0.9")
_TICK = Decimal("0.01")
_LOTS = {THIN: Decimal("0.1"), DEEP: Decimal("0.00001")}
"""Steps that the paper market takes and people can read."""

_TOO_LARGE = Decimal(200_000)
"""In USDT: above the largest market order that the paper market takes, 100,000."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One order to place, and what is done about it."""

    title: str
    fields: Mapping[str, str]
    """What `place_order.delay` is given."""
    cancels: bool = False
    """Cancel it once it rests."""
    loses_answer: bool = False
    """Let the exchange's answer be lost on the wire; `fields` name its key."""

    @property
    def symbol(self) -> str:
        """What it trades."""
        return self.fields["symbol"]


def samples(
    key: str, prices: Mapping[str, Decimal], *, limits: RiskLimits, held: Decimal = ZERO
) -> tuple[Sample, ...]:
    """Return the four orders.

    Args:
        key: the idempotency key of the one that loses its answer; the others leave it to
            `delay`, as most producers will.
        prices: last prices by symbol, in USDT.
        limits: the desk's own.
        held: how much of the thin coin earlier samples bought. Once that is enough it is sold
            again: who starts the desk often must not come to the limit of what it may hold.
    """
    size = _allowed(limits)
    thin = _trade(THIN, size / prices[THIN])
    if held >= 2 * Decimal(thin["quantity"]):
        thin = {**thin, "side": "SELL"}
    below = floor_to(prices[DEEP] * _BELOW_MARKET, _TICK)
    rests = {**_trade(DEEP, size / below), "type": "LIMIT", "price": canonical(below)}
    found = {**thin, "idempotency_key": key}
    # By quantity and not by amount: a venue cannot spend an amount to the last cent, and calls
    # the order PARTIALLY_CANCELED for what it leaves.
    return (
        Sample("loses its answer", found, loses_answer=True),
        Sample("fills at once", thin),
        Sample("rests, is cancelled", rests, cancels=True),
        Sample("is refused", _trade(DEEP, _refused(limits) / prices[DEEP])),
    )


def _allowed(limits: RiskLimits) -> Decimal:
    """Return an amount between the limits, with a little room to both."""
    size = _USUAL
    if limits.max_notional is not None:
        size = min(size, limits.max_notional * _BELOW_MARKET)
    if limits.min_notional is not None:
        size = max(size, limits.min_notional / _BELOW_MARKET)
    return floor_to(size, _TICK)


def _refused(limits: RiskLimits) -> Decimal:
    """Return an amount above the desk's limit, or above the market's if the desk has none."""
    return _TOO_LARGE if limits.max_notional is None else 2 * limits.max_notional


def _trade(symbol: str, quantity: Decimal) -> Mapping[str, str]:
    # One lot more than it takes: what rounding costs must not bring it below a minimum.
    lots = floor_to(quantity, _LOTS[symbol]) + _LOTS[symbol]
    return {"symbol": symbol, "side": "BUY", "type": "MARKET", "quantity": canonical(lots)}
