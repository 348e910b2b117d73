"""No label has more values than somebody listed."""

from hypothesis import given
from hypothesis import strategies as st

from orderdesk.telemetry.metrics.labels import OTHER, Bounds

BOUNDS = Bounds(symbols={"BTCUSDT"}, codes={"30004"})


@given(st.one_of(st.none(), st.integers(), st.text()))
def test_symbol_when_it_is_not_listed_then_it_is_other(symbol: object) -> None:
    """Anybody can order any symbol, and 1,500 of them exist."""
    assert BOUNDS.symbol(symbol) in ("BTCUSDT", OTHER)
    assert BOUNDS.symbol("BTCUSDT") == "BTCUSDT"


@given(st.text())
def test_code_when_nobody_knows_it_then_it_is_other(code: str) -> None:
    """Codes come from outside."""
    assert BOUNDS.code(code) in (code, OTHER)
    assert BOUNDS.code(f"x{code}") == OTHER


def test_code_when_it_is_known_or_of_http_then_it_is_told() -> None:
    """An operator looks it up."""
    for code in ("30004", "HTTP_503", "NO_ANSWER", "UNSENT"):
        assert BOUNDS.code(code) == code
    assert BOUNDS.code("HTTP_999") == OTHER
