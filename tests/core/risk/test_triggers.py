"""Each trigger stops the desk at the user's number, and says which it was."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orderdesk.core.portfolio import Position
from orderdesk.core.risk.exposure import Counters
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.risk.triggers import Health, TriggerLimits, dead_man, reason_to_stop

NOW_MS = 1_800_000_000_000
DAY = NOW_MS // 86_400_000
STEP = str(NOW_MS // 15_000)
LIMITS = RiskLimits(max_daily_loss_pct=Decimal(3), base_equity=Decimal(10_000))


def reason(triggers: TriggerLimits | None = None, **counters: Any) -> str | None:
    """Ask every trigger about an account."""
    account = Counters("main", **counters)
    return reason_to_stop(Health(account, LIMITS, triggers or TriggerLimits(), NOW_MS))


AT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "daily loss 300 ": (
        {"day": DAY, "day_realised": Decimal(-100), "unrealised": Decimal(-200)},
        {"day": DAY, "day_realised": Decimal(-100), "unrealised": Decimal("-199.99")},
    ),
    "exposure 2000.01 ": (
        {"position": Position(cost=Decimal(1_000)), "reserved_buy": Decimal("1000.01")},
        {"position": Position(cost=Decimal(1_000)), "reserved_buy": Decimal(1_000)},
    ),
    "5 orders in a row": ({"failures": 5}, {"failures": 4}),
    "2 of 20 attempts": (
        {"answers": {STEP: 20}, "errors": {STEP: 2}},
        {"answers": {STEP: 19}, "errors": {STEP: 19}},
    ),
    "2 syncs in a row": ({"drifts": 2}, {"drifts": 1}),
}
"""Each trigger: the counters at which it stops the desk, and those at which it just does not."""


@pytest.mark.parametrize("told", AT)
def test_trigger_when_its_number_is_reached_then_it_says_so_and_not_before(told: str) -> None:
    """Five failures, 3 %, 2,000 dollars, 10 % of at least 20 in five minutes, two syncs."""
    reached, just_not = AT[told]
    said = str(reason(**reached))
    assert told in said
    assert "(KILL_" in said or "(RISK_" in said, "which setting it was"
    assert reason(**just_not) is None


def test_triggers_when_they_are_off_then_nothing_stops_the_desk() -> None:
    """None is never; the daily loss is the risk limit's own."""
    off = TriggerLimits(failures=None, exposure=None, error_pct=None, drift_syncs=None)
    for reached, _ in AT.values():
        said = reason(off, **reached)
        assert said is None or said.startswith("daily loss")


def test_exposure_when_prices_rise_then_positions_count_at_the_market() -> None:
    """What is held is worth what it could be sold for, and never less than nothing."""
    held: dict[str, Any] = {"position": Position(quantity=Decimal(1), cost=Decimal(1_900))}
    assert reason(**held, unrealised=Decimal(101)) is not None
    assert reason(**held, unrealised=Decimal(99)) is None


def test_daily_loss_when_it_is_yesterdays_then_it_is_over() -> None:
    """UTC days; what was unrealised at midnight is where the new day begins."""
    lost: dict[str, Any] = {"day": DAY - 1, "day_realised": Decimal(-900)}
    assert reason(**lost, unrealised=Decimal(-900)) is None


def test_dead_man_when_it_is_off_then_silence_is_no_matter() -> None:
    """It is off until DEADMAN_S is set."""
    assert dead_man({"beat": 0}, TriggerLimits(), NOW_MS) is None


def test_dead_man_when_somebody_is_silent_then_whose_sign_is_missing_is_named() -> None:
    """One of the watched names is enough."""
    triggers = replace(TriggerLimits(), deadman_ms=10_000)
    alive = {"beat": NOW_MS - 10_000, "operator": NOW_MS}
    assert dead_man(alive, triggers, NOW_MS) is None
    silent = dead_man({**alive, "operator": NOW_MS - 10_001}, triggers, NOW_MS)
    assert silent == "no sign of life from operator for 10 s (DEADMAN_S)"
    assert dead_man({}, triggers, NOW_MS) is None
