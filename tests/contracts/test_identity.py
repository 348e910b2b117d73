"""A command is who it is by what it says: same order, same name; and it knows its times."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from orderdesk.contracts import Command, checked
from tests.contracts.samples import COMMANDS, order

SAME = [
    {"quantity": "0.10"},
    {"quantity": "1e-1"},
    {"quantity": Decimal("0.1000")},
    {"price": 44500},
    {"price": "44500.00"},
    {"price": "4.45E+4"},
    {"symbol": "BTC/USDT"},
    {"symbol": "btc_usdt"},
    {"side": "buy", "type": "Limit"},
    {"time_in_force": "GTC"},
    {"valid_for_ms": 1},
    {"valid_until_ms": 1},
    {"trace_id": "t"},
    {"intake_entry": "5-0"},
    {"key_minted": True},
    {"account": "main", "market": "spot", "version": 1},
]


@pytest.mark.parametrize("spelled", SAME)
def test_repeat_when_it_means_the_same_order_then_it_has_the_same_hash_and_task(
    spelled: dict[str, Any],
) -> None:
    """0.10 is 0.1, BTC/USDT is BTCUSDT; deadline, trace and intake are not the order."""
    assert order(**spelled).parameter_hash == order().parameter_hash
    assert order(**spelled).task_id == order().task_id


@pytest.mark.parametrize(
    "other",
    [
        {"account": "second"},
        {"symbol": "ETHUSDT"},
        {"side": "SELL"},
        {"type": "LIMIT_MAKER"},
        {"time_in_force": "IOC"},
        {"quantity": "0.11"},
        {"price": "44500.01"},
        {"type": "MARKET", "price": None},
        {"type": "MARKET", "price": None, "quantity": None, "quote_quantity": "0.1"},
    ],
)
def test_conflict_when_it_means_another_order_then_it_has_its_own_hash_and_task(
    other: dict[str, Any],
) -> None:
    """The same key with other parameters is never taken for a repeat."""
    assert order(**other).parameter_hash != order().parameter_hash
    assert order(**other).task_id != order().task_id


def test_identity_when_computed_today_then_it_is_that_of_the_first_day() -> None:
    """Rows keep their hash for ever: a new field in it would turn repeats into conflicts."""
    assert order().parameter_hash == (
        "d663a290e31fa043ed2fdbf5a58c90e170cad8b664eccc90938f26249570ddb7"
    )
    assert order().task_id == "e9f1b3bb-09fb-5a9a-8c5a-6d82af145400"
    assert order(idempotency_key="k-2").parameter_hash == order().parameter_hash
    assert order(idempotency_key="k-2").task_id != order().task_id


@pytest.mark.parametrize(("model", "fields"), COMMANDS)
def test_key_when_the_producer_gives_none_then_every_call_is_an_intent_of_its_own(
    model: type[Command], fields: Mapping[str, Any]
) -> None:
    """A minted key is new each time; a worker's stand-in is used; a given key always wins."""
    first, second = checked(model, fields), checked(model, fields)
    assert first.idempotency_key != second.idempotency_key
    assert first.parameter_hash == second.parameter_hash
    for none in (fields, {**fields, "idempotency_key": None}):
        assert checked(model, none, key="task-7").idempotency_key == "task-7"
    mine = {**fields, "idempotency_key": "mine"}
    assert checked(model, mine, key="task-7").idempotency_key == "mine"


@pytest.mark.parametrize(
    ("given_fields", "received_ms", "deadline_ms"),
    [
        ({}, 1_000, 61_000),
        ({"valid_for_ms": 5}, 1_000, 1_005),
        ({"valid_until_ms": 9}, 1_000, 9),
        ({"valid_until_ms": 9, "valid_for_ms": 5}, 1_000, 9),
    ],
)
def test_deadline_when_asked_then_it_counts_from_the_intake_or_is_the_time_given(
    given_fields: dict[str, int], received_ms: int, deadline_ms: int
) -> None:
    """An order too old is not sent; an absolute time stands as it is."""
    assert order(**given_fields).deadline_ms(received_ms) == deadline_ms


@pytest.mark.parametrize(
    ("entry", "received_ms"), [("1700000000123-0", 1_700_000_000_123), ("5-17", 5), (None, None)]
)
def test_intake_when_it_took_the_command_then_its_entry_tells_when(
    entry: str | None, received_ms: int | None
) -> None:
    """Redis' time is the first part of an entry's id; past the intake there is none."""
    assert order(intake_entry=entry).received_ms == received_ms
