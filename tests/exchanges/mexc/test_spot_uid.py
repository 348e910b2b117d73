"""Whose account a key trades for: told, not told, or refused."""

import pytest

from orderdesk.errors import ExchangeDenied, ExchangeUnreachable
from orderdesk.exchanges.mexc import limits
from orderdesk.exchanges.mexc.spot import MexcSpot
from tests.exchanges.mexc.scripted import Scripted


@pytest.mark.parametrize(
    "content",
    [{"uid": "10000001"}, {"uid": 10000001}, {"code": 200, "data": {"uid": "10000001"}}],
)
def test_uid_when_it_is_told_then_it_is_text(
    venue: Scripted, spot: MexcSpot, content: object
) -> None:
    """The docs name the field and show no answer, so text and number are the same number."""
    venue.says(limits.UID.name, content)
    assert spot.uid() == "10000001"


@pytest.mark.parametrize(
    "content", [{}, [], {"uid": None}, {"uid": ""}, {"uid": True}, {"data": []}, {"uid": {}}]
)
def test_uid_when_the_answer_has_another_shape_then_it_is_not_told(
    venue: Scripted, spot: MexcSpot, content: object
) -> None:
    """A shape we do not know is no other account."""
    venue.says(limits.UID.name, content)
    assert spot.uid() is None


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed"])
def test_uid_when_there_is_no_such_endpoint_then_it_is_not_told(
    venue: Scripted, spot: MexcSpot, status: str
) -> None:
    """Not every MEXC-like server has what came in September 2025."""
    venue.says(limits.UID.name, b"<html>not here</html>", status)
    assert spot.uid() is None


def test_uid_when_the_key_may_not_ask_then_it_is_not_told(venue: Scripted, spot: MexcSpot) -> None:
    """A key that may only deal is a good key."""
    venue.refuses(limits.UID.name, 700007)
    assert spot.uid() is None


def test_uid_when_the_key_is_refused_then_it_raises(venue: Scripted, spot: MexcSpot) -> None:
    """A dead key belongs to nobody."""
    venue.refuses(limits.UID.name, 700001)
    with pytest.raises(ExchangeDenied):
        spot.uid()


def test_uid_when_the_server_fails_then_it_is_asked_again(venue: Scripted, spot: MexcSpot) -> None:
    """No answer tells nothing about the account."""
    venue.says(limits.UID.name, b"<html>oops</html>", "502 Bad Gateway")
    with pytest.raises(ExchangeUnreachable):
        spot.uid()
