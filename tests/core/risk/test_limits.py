"""Limits are read strictly, and the one that is nearest to the order holds."""

from decimal import Decimal

import pytest

from orderdesk.core.risk.limits import LIMITS, RiskLimits, layered, read_limit, read_scoped

BASE = RiskLimits(Decimal(5), Decimal(250), max_exposure=Decimal(2_000))


def test_layers_when_several_name_a_limit_then_the_last_one_counts() -> None:
    """From the settings of all, over the account's, to the symbol's own."""
    limits = layered(BASE, {"max_notional": "100"}, {"max_notional": "none"}, {"max_exposure": "1"})
    assert [limits.min_notional, limits.max_notional, limits.max_exposure] == [5, None, 1]
    assert layered(BASE, {}, {}) is BASE


def test_scoped_when_read_then_each_account_and_symbol_has_its_own_layer() -> None:
    """One line of settings; symbols in any spelling."""
    text = "main max_exposure=500; main/BTC-USDT max_notional=50 cooldown_ms=1000;"
    assert read_scoped(text) == {
        ("main", ""): {"max_exposure": "500"},
        ("main", "BTCUSDT"): {"max_notional": "50", "cooldown_ms": "1000"},
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("main", "is not like"),
        ("MAIN max_exposure=5", "is not like"),
        ("main max_size=5", "is no limit"),
        ("main/BTCUSDT max_exposure=5", "cannot differ by symbol"),
        ("main max_exposure=-5", "above 0"),
        ("main max_open_orders=1.5", "whole number"),
        ("main max_exposure=0", "above 0"),
        ("main/? max_notional=5", "not a symbol"),
    ],
)
def test_scoped_when_it_cannot_be_read_then_it_says_why(text: str, told: str) -> None:
    """A limit that is not understood is never left out in silence."""
    with pytest.raises(ValueError, match=told):
        read_scoped(text)


def test_limit_when_it_is_none_or_a_list_then_it_is_read_so() -> None:
    """Every limit can be lifted; symbols are a list."""
    assert all(read_limit(name, "none") is None for name in LIMITS)
    assert read_limit("symbols", "btc/usdt, ETHUSDT") == frozenset({"BTCUSDT", "ETHUSDT"})
