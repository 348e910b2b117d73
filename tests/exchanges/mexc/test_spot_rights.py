"""What the account may do: told, or not told; a shape that we do not know is no answer."""

import pytest

from orderdesk.core.answers import Rights
from orderdesk.errors import ExchangeDenied, ExchangeUnreachable
from orderdesk.exchanges.mexc import limits
from orderdesk.exchanges.mexc.spot import MexcSpot
from tests.exchanges.mexc.scripted import ORDER, Scripted


@pytest.mark.parametrize(
    ("content", "rights"),
    [
        (
            {"canTrade": True, "canWithdraw": False, "permissions": ["SPOT"], "balances": []},
            Rights(can_trade=True, can_withdraw=False, permissions=("SPOT",)),
        ),
        ({"canTrade": None, "permissions": None}, Rights(can_trade=None, can_withdraw=None)),
    ],
)
def test_rights_when_they_are_told_or_not_then_nothing_is_made_up(
    venue: Scripted, spot: MexcSpot, content: object, rights: Rights
) -> None:
    """What is null or missing was not told."""
    venue.says(limits.ACCOUNT.name, content)
    assert spot.rights() == rights


@pytest.mark.parametrize("content", [{"canTrade": "true"}, {"permissions": "SPOT"}, []])
def test_rights_when_the_answer_has_another_shape_then_it_is_no_answer(
    venue: Scripted, spot: MexcSpot, content: object
) -> None:
    """Text that looks like a flag is none."""
    venue.says(limits.ACCOUNT.name, content)
    with pytest.raises(ExchangeUnreachable):
        spot.rights()


def test_rights_when_the_key_is_refused_then_it_raises(venue: Scripted, spot: MexcSpot) -> None:
    """An expired key has no rights to tell of."""
    venue.refuses(limits.ACCOUNT.name, 700001)
    with pytest.raises(ExchangeDenied):
        spot.rights()


@pytest.mark.parametrize(("code", "unfunded"), [(10101, True), (30004, True), (30016, False)])
def test_order_test_when_it_is_refused_then_a_lack_of_funds_is_told_apart(
    venue: Scripted, spot: MexcSpot, code: int, unfunded: bool
) -> None:
    """Too little money is a no to the order; it is no sign that key or form are wrong."""
    venue.refuses(limits.TEST_ORDER.name, code)
    refused = spot.test_order(ORDER)
    assert refused is not None
    assert refused.unfunded is unfunded
