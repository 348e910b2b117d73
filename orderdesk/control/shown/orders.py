"""PURE: what came of orders, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.text import Text

from orderdesk.contracts import OrderReport
from orderdesk.control.screen import table
from orderdesk.control.shown import amounts
from orderdesk.core.orders import IN_DOUBT, OrderStatus, OrderType, Side

TABLE_WIDTH = 134
"""Where a table of orders fits without breaking words; narrower screens get a list."""

_LONGEST_LINE = len("BUY 0.00371 BTCUSDT LIMIT at 53975.34")
_COLUMNS = (
    "order",
    "status",
    "executed",
    "slippage",
    "fees",
    "ms until\nsent → taken → filled",
    "attempts",
)
"""The times: when it left, when the exchange had taken it, when its last fill traded."""

_GOOD = frozenset({OrderStatus.FILLED, OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED})
_NO = frozenset({OrderStatus.DENIED, OrderStatus.REJECTED, OrderStatus.EXPIRED_UNSENT})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One order and what became of it."""

    title: str
    """What it was meant to show; empty for an order of a person's own."""
    report: OrderReport
    price_before: Decimal | None = None
    """The last price just before it was sent, for the slippage."""


def orders_shown(outcomes: Sequence[Outcome], width: int) -> RenderableType:
    """Return what came of orders, as a table or, on a narrow screen, as a list.

    Times count from when the queue took the order.
    """
    if width >= TABLE_WIDTH:
        made = table(_COLUMNS, [_row(outcome) for outcome in outcomes])
        made.columns[0].min_width = _LONGEST_LINE
        return made
    return Group(*(_entry(outcome) for outcome in outcomes))


def order_line(
    side: Side,
    symbol: str,
    *,
    type_: OrderType,
    quantity: Decimal | None,
    quote_quantity: Decimal | None,
    price: Decimal | None,
) -> str:
    """Say an order in one line: BUY 0.001 BTCUSDT LIMIT at 54000."""
    at = f" at {amounts.plain(price)}" if price is not None else ""
    if quantity is None:
        return f"{side} {symbol} {type_} for {amounts.plain(quote_quantity)}{at}"
    return f"{side} {amounts.plain(quantity)} {symbol} {type_}{at}"


def status_text(status: OrderStatus) -> Text:
    """Write a status in the colour of what it means: well, a no, in doubt."""
    return Text(status, style=_style(status))


def _row(outcome: Outcome) -> list[Text | str]:
    report = outcome.report
    return [
        Text("\n").join([*_heading(outcome), *_reason(report)]),
        status_text(report.status),
        _executed(report),
        amounts.slippage(report.side, report.average_price, before=outcome.price_before),
        amounts.fees(report.commissions),
        _times(report),
        str(report.attempts),
    ]


def _entry(outcome: Outcome) -> Text:
    report = outcome.report
    slippage = amounts.slippage(report.side, report.average_price, before=outcome.price_before)
    executed = f"  {_executed(report)}, {slippage}, fees {amounts.fees(report.commissions)}"
    plural = "" if report.attempts == 1 else "s"
    tries = f"{report.attempts} attempt{plural}; ms until sent → taken → filled: {_times(report)}"
    lines = [
        Text("  ").join(_heading(outcome)),
        Text("  ").append_text(status_text(report.status)).append(executed if report.fills else ""),
        Text(f"  {tries if report.attempts else 'never sent'}"),
        *(Text("  ").append_text(reason) for reason in _reason(report)),
        Text(""),
    ]
    return Text("\n").join(lines)


def _heading(outcome: Outcome) -> list[Text]:
    report = outcome.report
    line = order_line(
        report.side,
        report.symbol,
        type_=report.type,
        quantity=report.quantity,
        quote_quantity=report.quote_quantity,
        price=report.price,
    )
    return [*([Text(outcome.title, style="bold")] if outcome.title else []), Text(line)]


def _reason(report: OrderReport) -> list[Text]:
    code, reason = report.code or "", report.reason or ""
    parts = [code] * (code not in reason) + [reason]
    told = ": ".join(part for part in parts if part)
    return [Text(told, style="italic")] if told else []


def _executed(report: OrderReport) -> str:
    if not report.executed_quantity:
        return amounts.NOTHING
    average = amounts.price(report.average_price)
    return f"{amounts.plain(report.executed_quantity)} at {average}"


def _times(report: OrderReport) -> str:
    """Write three times as one: 18 → 25 → 61."""
    times = report.times
    moments = (_left_ms(report), times.acknowledged, times.filled)
    if all(moment is None for moment in moments):
        return amounts.NOTHING
    return " → ".join(amounts.after(moment, times.received) for moment in moments)


def _left_ms(report: OrderReport) -> int | None:
    """Return when it left: by our estimate of the exchange's time, which its own word bounds."""
    times = report.times
    if times.sent is None or times.acknowledged is None:
        return times.sent
    return min(times.sent, times.acknowledged)


def _style(status: OrderStatus) -> str:
    if status in IN_DOUBT:
        return "bold magenta"
    if status in _NO:
        return "red"
    return "green" if status in _GOOD else "yellow"
