"""Rules as text and back."""

from decimal import Decimal

from orderdesk.core.markets import Market
from orderdesk.stores.market_json import SHAPE, from_json, to_json
from orderdesk.stores.memory import example_market


def test_market_when_written_and_read_then_nothing_is_lost() -> None:
    """Digits, signs of absence and flags are the same afterwards, and of the same type."""
    market = example_market(
        tick=Decimal("0.000000000000000001"), band_up=Decimal("0.10"), on_key=False
    )
    again = from_json(to_json(market))
    assert again == market
    assert str(again.band_up) == "0.10"
    assert again.band_down is None
    assert isinstance(again.min_notional, Decimal)


def test_shape_when_fields_change_then_so_does_it() -> None:
    """The shape names every field in order, so that older text is never read as newer."""
    assert SHAPE.split(",") == list(Market.__slots__)
