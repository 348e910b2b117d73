"""PURE: amounts and times as people read them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

from orderdesk.core.money import canonical
from orderdesk.core.orders import Side

NOTHING = "–"

_PRICE = Context(prec=7, rounding=ROUND_HALF_EVEN)
_FEE = Context(prec=4, rounding=ROUND_HALF_EVEN)
_BPS = Decimal(10_000)


def plain(value: Decimal | None) -> str:
    """Write an amount exactly, or a dash."""
    return NOTHING if value is None else canonical(value)


def price(value: Decimal | None) -> str:
    """Write a price to 7 digits, or a dash; an average may have more than anybody reads."""
    return NOTHING if value is None else canonical(_PRICE.plus(value))


def fees(commissions: Mapping[str, Decimal]) -> str:
    """Write what was paid, by asset, to 4 digits."""
    paid = [f"{canonical(_FEE.plus(value))} {asset}" for asset, value in commissions.items()]
    return " + ".join(paid) or NOTHING


def slippage(side: Side, average: Decimal | None, *, before: Decimal | None) -> str:
    """Write how much worse (+) or better (-) than the price before it was sent, in bps.

    One basis point is a hundredth of a percent.
    """
    if average is None or not before:
        return NOTHING
    worse = average - before if side is Side.BUY else before - average
    return f"{worse / before * _BPS:+.1f} bps"


def moment(at_ms: int) -> str:
    """Write a moment to the second: 2026-11-20 07:31:22 UTC."""
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def after(at_ms: int | None, start_ms: int | None) -> str:
    """Write how many ms after another moment, or a dash."""
    return NOTHING if at_ms is None or start_ms is None else f"{at_ms - start_ms:,}"


def span(duration_ms: int) -> str:
    """Write a duration from a story: 84 ms, 2.50 s, 3 min 5 s."""
    seconds, ms = divmod(abs(duration_ms), 1_000)
    if seconds == 0:
        return f"{ms} ms"
    if seconds < _MINUTE:
        return f"{seconds}.{ms // 10:02d} s"
    minutes, seconds = divmod(seconds, _MINUTE)
    return f"{minutes:,} min {seconds} s"


_MINUTE = 60
