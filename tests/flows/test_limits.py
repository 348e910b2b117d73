"""Limits at run time: what holds and why; a change is checked, made and written down."""

from dataclasses import replace

import pytest

from orderdesk.errors import InvalidOrder
from orderdesk.flows import limits
from tests.flows.trial import Trial


def change(trial: Trial, name: str, value: str, *, symbol: str = "", account: str = "main") -> None:
    """Change one limit."""
    limits.change(
        trial.desk,
        account=account,
        symbol=symbol,
        name=name,
        value=value,
        by="anna",
        reason="a test",
    )


def test_in_force_when_limits_come_from_everywhere_then_each_names_its_source(
    trial: Trial,
) -> None:
    """The nearest wins, and it is said which that is."""
    scoped = {("main", ""): {"max_exposure": "500"}, ("main", "BTCUSDT"): {"max_position": "70"}}
    trial.desk = replace(trial.desk, rules=replace(trial.desk.rules, scoped=scoped))
    change(trial, "max_notional", "60", symbol="BTCUSDT")
    change(trial, "symbols", "BTCUSDT,ETHUSDT")
    shown = {line.name: line for line in limits.in_force(trial.desk, "main", "BTCUSDT")}
    assert [(shown[n].value, shown[n].source) for n in ("min_notional", "max_notional")] == [
        ("5", "RISK_MIN_NOTIONAL"),
        ("60", "set at run time for main/BTCUSDT"),
    ]
    assert shown["max_exposure"].source == "RISK_LIMITS of main"
    assert shown["max_position"].source == "RISK_LIMITS of main/BTCUSDT"
    assert (shown["symbols"].value, shown["symbols"].source) == (
        "BTCUSDT,ETHUSDT",
        "set at run time for main",
    )
    assert shown["cooldown_ms"].value == "none"


def test_change_when_it_is_made_then_who_when_old_and_new_are_kept(trial: Trial) -> None:
    """Newest first, for ever."""
    change(trial, "max_exposure", "500")
    change(trial, "max_exposure", "none")
    change(trial, "max_exposure", "default")
    kept = [(c.by, c.old, c.new) for c in trial.ledger.limit_changes()]
    assert kept == [("anna", "none", None), ("anna", "500", "none"), ("anna", None, "500")]


@pytest.mark.parametrize(
    ("name", "value", "symbol", "account"),
    [
        ("max_size", "5", "", "main"),
        ("max_exposure", "-5", "", "main"),
        ("max_exposure", "5", "BTCUSDT", "main"),
        ("max_exposure", "5", "", "other"),
    ],
)
def test_change_when_it_makes_no_sense_then_nothing_is_changed(
    trial: Trial, name: str, value: str, symbol: str, account: str
) -> None:
    """A limit that nobody holds, or that cannot be held, is refused by name."""
    with pytest.raises(InvalidOrder):
        change(trial, name, value, symbol=symbol, account=account)
    assert trial.ledger.limit_changes() == []
