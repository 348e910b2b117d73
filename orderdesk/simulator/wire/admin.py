"""The admin door: faults, prices, what really is. Not MEXC's; for loopback peers only."""

import ipaddress
from dataclasses import asdict

from orderdesk.simulator.engine.amounts import ZERO, fits, plain
from orderdesk.simulator.engine.orders import Order
from orderdesk.simulator.faults import FaultMisspelled, read_fault, read_plan
from orderdesk.simulator.habits import HabitMisspelled, read_habits
from orderdesk.simulator.messages import REFUSED_STATUS, Answer, Call, json_answer
from orderdesk.simulator.venue import Venue
from orderdesk.simulator.wire.parameters import json_body, read_amount
from orderdesk.simulator.wire.shapes import Json, queried, traded

_FORBIDDEN = 403


def is_loopback(peer: str | None) -> bool:
    """Say whether a peer's address is this host's own loopback."""
    # A server on :: sees IPv4 peers as ::ffff:127.0.0.1, and IPv6 ones perhaps with a %scope.
    try:
        address = ipaddress.ip_address((peer or "").removeprefix("::ffff:"))
    except ValueError:
        return False
    return address.is_loopback


def forbidden() -> Answer:
    """Turn away a peer from outside."""
    return error("the admin door opens from loopback only", status=_FORBIDDEN)


def add_fault(venue: Venue, call: Call) -> Answer:
    """Let a fault wait for its requests; the body is its options."""
    options = json_body(call)
    try:
        venue.faults.add(read_fault(options))
    except FaultMisspelled as wrong:
        return error(str(wrong))
    return list_faults(venue, call)


def plan_faults(venue: Venue, call: Call) -> Answer:
    """Let a seed deal out faults from now on: {"seed", "faults": [{"kind", "share", ...}]}."""
    try:
        venue.faults.plan = read_plan(json_body(call))
    except FaultMisspelled as wrong:
        return error(str(wrong))
    return list_faults(venue, call)


def list_faults(venue: Venue, _call: Call) -> Answer:
    """Show the faults that wait, and the plan."""
    plan = None if venue.faults.plan is None else venue.faults.plan.listed()
    return json_answer({"waiting": venue.faults.listed(), "plan": plan})


def clear_faults(venue: Venue, call: Call) -> Answer:
    """Forget all faults that wait, and the plan."""
    venue.faults.clear()
    return list_faults(venue, call)


def change_habits(venue: Venue, call: Call) -> Answer:
    """Change how every call is treated; the body has the fields of `Habits` that change."""
    try:
        venue.habits = read_habits(json_body(call), present=venue.habits)
    except HabitMisspelled as wrong:
        return error(str(wrong))
    return show_habits(venue, call)


def show_habits(venue: Venue, _call: Call) -> Answer:
    """Show the habits that hold."""
    return json_answer(asdict(venue.habits))


def set_price(venue: Venue, call: Call) -> Answer:
    """Put a symbol's price somewhere: {"symbol", "price"}. The walk goes on from there."""
    options = json_body(call)
    market = venue.exchange.market(str(options.get("symbol")))
    if market is None:
        return error("symbol must be one of " + ", ".join(venue.exchange.markets))
    price = read_amount(options.get("price"))
    if price is None or price <= ZERO or not fits(price, market.instrument.price_decimals):
        return error(f"price must be above 0 with steps of {plain(market.instrument.tick)}")
    venue.exchange.set_price(market.instrument.symbol, price, now_ms=call.now_ms)
    venue.keep()
    return json_answer({"symbol": market.instrument.symbol, "price": plain(price)})


def walk(venue: Venue, call: Call) -> Answer:
    """Let all prices take so many steps at once: {"steps"}, 1 by default, 10,000 at most."""
    steps = json_body(call).get("steps", 1)
    if not isinstance(steps, int) or not 0 < steps <= 10_000:  # noqa: PLR2004 - says the text
        return error("steps must be a whole number from 1 to 10000")
    for _ in range(steps):
        venue.walk()
    return json_answer({"steps": steps})


def state(venue: Venue, call: Call) -> Answer:
    """Show what really is, hidden orders included.

    `?orders=no` leaves the list of orders out, `?trades=yes` adds every trade.
    """
    orders = venue.exchange.ledger.history.all_orders()
    by_client_id: dict[str, int] = {}
    for order in orders:
        by_client_id[order.client_order_id] = by_client_id.get(order.client_order_id, 0) + 1
    return json_answer(
        {
            "orders": [] if call.params.get("orders") == "no" else [_seen(o) for o in orders],
            "trades": _trades(venue) if call.params.get("trades") == "yes" else [],
            "order_count": len(orders),
            "orders_by_client_id": by_client_id,
            "requests": dict(venue.turnstile.requests),
            "balances": _balances(venue),
            "prices": {name: plain(m.last) for name, m in venue.exchange.markets.items()},
            "faults": venue.faults.listed(),
        }
    )


def _seen(order: Order) -> Json:
    hidden = {"account": order.account, "hiddenUntil": order.hidden_until_ms}
    return queried(order) | hidden | {"locked": plain(order.locked)}


def _trades(venue: Venue) -> list[Json]:
    trades = venue.exchange.ledger.history.all_trades()
    return [traded(trade) | {"account": trade.account} for trade in trades]


def _balances(venue: Venue) -> Json:
    return {
        holder.name: {
            asset: {"free": plain(held.free), "locked": plain(held.locked)}
            for asset, held in holder.balances.items()
        }
        for holder in venue.exchange.ledger.accounts.values()
    }


def error(message: str, *, status: int = REFUSED_STATUS) -> Answer:
    """Say at the admin door what was wrong with a call, in words of its own."""
    return json_answer({"error": message}, status=status)
