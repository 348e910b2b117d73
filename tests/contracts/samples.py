"""Calls as producers would make them, and what is asked of every message; no test lives here."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import (
    CancelAllOrders,
    CancelOrder,
    Command,
    Message,
    PlaceOrder,
    PollOrderStatus,
    Reconcile,
    ResolveOrder,
    SyncPortfolio,
    checked,
)
from orderdesk.errors import InvalidOrder

LIMIT: Mapping[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.1",
    "price": "44500",
    "idempotency_key": "k-1",
}
MARKET: Mapping[str, Any] = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET"}

COMMANDS: tuple[tuple[type[Command], Mapping[str, Any]], ...] = (
    (PlaceOrder, {name: value for name, value in LIMIT.items() if name != "idempotency_key"}),
    (CancelOrder, {"order": "k-1"}),
    (CancelAllOrders, {}),
    (PollOrderStatus, {"order": "k-1", "until": "closed"}),
    (ResolveOrder, {"order": "k-1", "symbol": "BTC/USDT"}),
    (SyncPortfolio, {}),
    (Reconcile, {"symbol": "BTC-USDT"}),
)
"""Every command, without a key, so that one is minted."""

PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def order(**given: Any) -> PlaceOrder:
    """Check a LIMIT buy, changed by what is given; a field given as ... is left out."""
    fields = {name: value for name, value in {**LIMIT, **given}.items() if value is not ...}
    return checked(PlaceOrder, fields)


def refused(model: type[Message], fields: Mapping[str, Any]) -> InvalidOrder:
    """Return the error of a message that breaks a rule."""
    with pytest.raises(InvalidOrder) as caught:
        checked(model, fields)
    return caught.value


def assert_plain(value: object, wire: Any) -> None:
    """Check that a message, or a part of one, is written so that any language can read it."""
    if isinstance(value, Message):
        given = {name: part for name, part in value if part is not None}
        assert wire.keys() == given.keys()
        for name, part in given.items():
            assert_plain(part, wire[name])
    elif isinstance(value, tuple):
        for part, written in zip(value, wire, strict=True):
            assert_plain(part, written)
    elif isinstance(value, dict):
        assert wire.keys() == value.keys()
        for name, part in value.items():
            assert_plain(part, wire[name])
    elif isinstance(value, Decimal):
        assert PLAIN_NUMBER.fullmatch(wire)
        assert Decimal(wire) == value
    else:
        assert wire == value
