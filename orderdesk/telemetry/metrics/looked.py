"""PURE: from the figures of a desk to the metrics that are told of them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from orderdesk.core.figures import AtRisk, Figures, LedgerFigures, RedisFigures
from orderdesk.core.intents import Switch
from orderdesk.core.money import ZERO, plus
from orderdesk.core.orders import ENDED, OrderStatus
from orderdesk.core.risk.exposure import DUST
from orderdesk.telemetry.metrics import table
from orderdesk.telemetry.metrics.labels import Bounds
from orderdesk.telemetry.metrics.table import Metric

Sample = tuple[Metric, tuple[str, ...], float]
"""A metric, the values of its labels, and its own."""

KILL_REASONS = (
    *("RISK_MAX_DAILY_LOSS_PCT", "KILL_EXPOSURE", "KILL_FAILURES", "KILL_ERROR_PCT"),
    *("KILL_DRIFT_SYNCS", "DEADMAN_S", "manual"),
)
"""What stands in S5's label: the trigger's setting, or `manual` for whatever a person typed."""


def samples(figures: Figures, *, bounds: Bounds, aliases: bool) -> Iterator[Sample]:
    """Give every sample; a part that is away gives none but that it is away."""
    yield table.UP, ("ledger",), float(figures.ledger is not None)
    yield table.UP, ("redis",), float(figures.redis is not None)
    if figures.redis is not None:
        yield from _redis(figures.redis)
    if figures.ledger is not None:
        yield from _ledger(figures.ledger)
        yield from _money(figures.ledger.accounts, bounds)
        if aliases:
            yield from _aliases(figures.ledger, bounds)


def _redis(figures: RedisFigures) -> Iterator[Sample]:
    for queue, count in figures.queues.items():
        yield table.QUEUE, (queue,), count
    yield table.QUEUE_AGE, (), (figures.oldest_order_ms or 0) / 1_000
    yield table.INTAKE_AGE, (), (figures.oldest_intake_ms or 0) / 1_000
    for account, left_ms in figures.pauses.items():
        yield table.PAUSE, (account,), left_ms / 1_000
    # By name: what is the whole address' is in every account's overview.
    pools = {pool.name: (pool, one.buffer) for one in figures.throttle for pool in one.pools}
    for name, (pool, buffer) in pools.items():
        yield table.POOL_USED, (name,), pool.used
        yield table.POOL_CAP, (name,), float(pool.cap * buffer)


def _ledger(figures: LedgerFigures) -> Iterator[Sample]:
    work = figures.work
    for status in OrderStatus:
        if status not in ENDED:
            yield table.ORDERS, (status.value,), work.orders.get(status, 0)
    since_ms = work.in_doubt_since_ms
    age_ms = 0 if since_ms is None else max(0, figures.now_ms - since_ms)
    yield table.DOUBT_AGE, (), age_ms / 1_000
    yield table.DEAD_LETTERS, (), work.dead_letters
    kill = figures.kill
    engaged = kill is not None and kill.engaged
    yield table.KILL, (), float(engaged)
    yield table.KILL_UNVERIFIED, (), float(engaged and kill is not None and not kill.verified_ms)
    yield table.LOOKS_FIRST, (), float(figures.in_doubt)


def _money(accounts: Sequence[AtRisk], bounds: Bounds) -> Iterator[Sample]:
    yield table.TOTAL_EXPOSURE, (), float(plus(*(one.whole.exposure for one in accounts)))
    held = [one for at in accounts for one in at.symbols if one.position.cost >= DUST]
    yield table.OPEN_POSITIONS, (), len(held)
    for symbol, cost in _positions(accounts, bounds).items():
        yield table.POSITION, (symbol,), float(cost)
    for at in accounts:
        yield from _account(at)


def _account(at: AtRisk) -> Iterator[Sample]:
    account = at.whole.account
    yield table.RESERVED, (account,), float(at.whole.reserved_buy)
    realised = plus(*(one.position.realised for one in at.symbols))
    yield table.REALISED, (account,), float(realised)
    yield table.UNREALISED, (account,), float(at.whole.unrealised)
    yield table.DRIFT_SYNCS, (account,), at.whole.drifts
    yield table.DRIFT_ASSETS, (account,), len(at.drifting)
    for limit, used, most in (
        ("RISK_MAX_EXPOSURE", at.whole.exposure, at.limits.max_exposure),
        ("RISK_MAX_DAILY_LOSS_PCT", max(ZERO, at.day_loss), at.limits.max_daily_loss),
        ("RISK_MAX_OPEN_ORDERS", at.whole.open_orders, at.limits.max_open_orders),
        ("RISK_MAX_OPEN_POSITIONS", at.whole.engaged, at.limits.max_open_positions),
    ):
        yield table.RISK_USED, (account, limit), float(used)
        if most is not None:
            yield table.RISK_LIMIT, (account, limit), float(most)


def _positions(accounts: Sequence[AtRisk], bounds: Bounds) -> dict[str, Decimal]:
    found = dict.fromkeys(sorted(bounds.symbols), ZERO)
    for at in accounts:
        for one in at.symbols:
            name = bounds.symbol(one.symbol)
            found[name] = plus(found.get(name, ZERO), one.position.cost)
    return found


def _aliases(figures: LedgerFigures, bounds: Bounds) -> Iterator[Sample]:
    reason = _reason(figures.kill)
    for one in KILL_REASONS:
        yield table.ALIAS_KILL_S5, (one,), float(one == reason)
    for symbol, cost in _positions(figures.accounts, bounds).items():
        yield table.ALIAS_POSITION_S5, (symbol,), float(cost)


def _reason(kill: Switch | None) -> str:
    """Return which trigger engaged a kill, or `manual`; empty while it is not engaged."""
    if kill is None or not kill.engaged:
        return ""
    return next((one for one in KILL_REASONS if f"({one})" in kill.reason), "manual")
