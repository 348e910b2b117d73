"""Stop-loss and take-profit prices: so many average true ranges away, so much reward for it.

How many, the policy says (`core/risk/policies.py`). Nothing places an order for them yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from itertools import pairwise

from orderdesk.core.money import ZERO, canonical, minus, plus
from orderdesk.core.orders import Side

ATR_CANDLES = 14
"""Over so many candles the true range is averaged (J. W. Wilder, New Concepts in Technical
Trading Systems, 1978); fewer candles are averaged over as many as there are."""

_EXACT = Context(prec=50)


@dataclass(frozen=True, slots=True)
class Candle:
    """One candle, in quote per base; the older ones come first."""

    high: Decimal
    low: Decimal
    close: Decimal


@dataclass(frozen=True, slots=True)
class Stops:
    """Protective prices of an order that enters at `entry`, already on the market's tick."""

    policy: str
    entry: Decimal
    atr: Decimal
    stop_loss: Decimal
    take_profit: Decimal

    def told(self) -> dict[str, object]:
        """Return it as the data of an event."""
        return {
            "policy": self.policy,
            "entry": canonical(self.entry),
            "atr": canonical(self.atr),
            "stop_loss": canonical(self.stop_loss),
            "take_profit": canonical(self.take_profit),
        }


def average_true_range(candles: Sequence[Candle]) -> Decimal | None:
    """Return the mean true range of the last 14 candles; None if there are fewer than two.

    A candle's true range reaches from the close before it as far as price went since.
    """
    pairs = list(pairwise(candles))[-ATR_CANDLES:]
    if not pairs:
        return None
    ranges = [
        minus(max(candle.high, before.close), min(candle.low, before.close))
        for before, candle in pairs
    ]
    return _EXACT.divide(plus(*ranges), Decimal(len(ranges)))


def protective_prices(
    side: Side,
    entry: Decimal,
    candles: Sequence[Candle],
    *,
    policy: str,
    atr_multiple: Decimal,
    reward_risk: Decimal,
    tick: Decimal,
) -> Stops | None:
    """Return where a policy puts stop-loss and take-profit of an entry.

    Both are rounded to the tick towards the entry: never further away than the policy says.
    None if the candles show no range, or if a price would not be above 0.
    """
    atr = average_true_range(candles)
    if atr is None or atr <= ZERO:
        return None
    away = _EXACT.multiply(atr, atr_multiple)
    reward = _EXACT.multiply(away, reward_risk)
    if side is Side.BUY:
        stop, take = _up(minus(entry, away), tick), _down(plus(entry, reward), tick)
    else:
        stop, take = _down(plus(entry, away), tick), _up(minus(entry, reward), tick)
    if min(stop, take) <= ZERO:
        return None
    atr = atr.quantize(Decimal("1e-12"), context=_EXACT)
    return Stops(policy, entry, atr, stop_loss=stop, take_profit=take)


def _up(price: Decimal, tick: Decimal) -> Decimal:
    return _on_tick(price, tick, ROUND_CEILING)


def _down(price: Decimal, tick: Decimal) -> Decimal:
    return _on_tick(price, tick, ROUND_FLOOR)


def _on_tick(price: Decimal, tick: Decimal, rounding: str) -> Decimal:
    if tick <= ZERO:
        return price
    steps = _EXACT.divide(price, tick).to_integral_value(rounding=rounding)
    return _EXACT.multiply(steps, tick)
