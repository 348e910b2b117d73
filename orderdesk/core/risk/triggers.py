"""What engages the kill switch by itself; each trigger is one small pure function.

A trigger returns why, or None. What a figure is made of is in `exposure.py`; who looks, and
how often, is in `flows/watch.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from orderdesk.core.money import ZERO, canonical, plus
from orderdesk.core.risk.exposure import Counters, rolled
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.risk.tally import FIVE_MINUTES, counted


@dataclass(frozen=True, slots=True)
class TriggerLimits:
    """The figures at which the desk stops itself; None is never."""

    failures: int | None = 5
    """So many orders in a row without an answer. Source: seed S2 L199."""
    exposure: Decimal | None = Decimal(2_000)
    """In dollars, positions at the market's price. Source: seed S5 L110, L350."""
    error_pct: int | None = 10
    """Per cent of the attempts of the last five minutes that broke."""
    error_attempts: int = 20
    """Of fewer attempts no rate is taken."""
    drift_syncs: int | None = 2
    """Syncs in a row that found less than our fills say."""
    deadman_ms: int | None = None
    """So long without a sign of life."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the triggers look at: one account, now."""

    account: Counters
    limits: RiskLimits
    triggers: TriggerLimits
    now_ms: int


Trigger = Callable[[Health], str | None]


def daily_loss(health: Health) -> str | None:
    """Stop when the UTC day has lost too much, realised and unrealised."""
    limit = health.limits.max_daily_loss
    loss = -rolled(health.account, health.now_ms).day_result
    if limit is None or loss < limit:
        return None
    return f"daily loss {canonical(loss)} reached {canonical(limit)} (RISK_MAX_DAILY_LOSS_PCT)"


def exposure(health: Health) -> str | None:
    """Stop when more is at risk than there may be, positions valued at the market's price."""
    limit, account = health.triggers.exposure, health.account
    held = max(ZERO, plus(account.position.cost, account.unrealised))
    total = plus(held, account.reserved_buy)
    if limit is None or total <= limit:
        return None
    return f"exposure {canonical(total)} is above {canonical(limit)} (KILL_EXPOSURE)"


def failures(health: Health) -> str | None:
    """Stop when the venue gave no answer so many times in a row; refusals are answers."""
    limit, count = health.triggers.failures, health.account.failures
    if limit is None or count < limit:
        return None
    return f"{count} orders in a row got no answer from the venue (KILL_FAILURES={limit})"


def error_rate(health: Health) -> str | None:
    """Stop when too many of the attempts of the last five minutes broke."""
    limit, account = health.triggers.error_pct, health.account
    total = counted(account.answers, health.now_ms, FIVE_MINUTES)
    broken = counted(account.errors, health.now_ms, FIVE_MINUTES)
    if limit is None or total < health.triggers.error_attempts or broken * 100 < limit * total:
        return None
    return f"{broken} of {total} attempts broke within five minutes (KILL_ERROR_PCT={limit})"


def drift(health: Health) -> str | None:
    """Stop when syncs keep finding less than our fills say, and nothing explains it."""
    limit, count = health.triggers.drift_syncs, health.account.drifts
    if limit is None or count < limit:
        return None
    return f"{count} syncs in a row found less than our fills say (KILL_DRIFT_SYNCS={limit})"


TRIGGERS: tuple[Trigger, ...] = (daily_loss, exposure, failures, error_rate, drift)
"""In the order they are looked at; the first one that has a reason gives it."""


def reason_to_stop(health: Health) -> str | None:
    """Return why the desk must stop itself, or None."""
    reasons = (trigger(health) for trigger in TRIGGERS)
    return next((reason for reason in reasons if reason is not None), None)


def dead_man(heartbeats: Mapping[str, int], triggers: TriggerLimits, now_ms: int) -> str | None:
    """Return whose sign of life has been missing for too long, or None."""
    if triggers.deadman_ms is None:
        return None
    for name, at_ms in sorted(heartbeats.items()):
        silent_ms = now_ms - at_ms
        if silent_ms > triggers.deadman_ms:
            return f"no sign of life from {name} for {silent_ms // 1_000} s (DEADMAN_S)"
    return None
