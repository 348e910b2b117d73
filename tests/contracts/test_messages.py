"""What crosses the queue is strict about names, frozen, and the same on both sides."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orderdesk.contracts import (
    CancelOrder,
    Command,
    Message,
    OrderReport,
    PlaceOrder,
    Times,
    checked,
)
from orderdesk.core.orders import OrderType, Side
from tests.contracts.samples import COMMANDS, LIMIT, assert_plain, refused
from tests.core.laws import law, positive

words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
orders = st.builds(
    PlaceOrder,
    idempotency_key=words,
    trace_id=words,
    valid_for_ms=st.integers(1, 604_800_000),
    valid_until_ms=st.none() | st.integers(1, 2 * 10**12),
    intake_entry=st.none() | st.builds("{}-{}".format, *[st.integers(0, 2 * 10**12)] * 2),
    symbol=st.sampled_from(["BTCUSDT", "ETH/USDC"]),
    side=st.sampled_from(Side),
    type=st.sampled_from([kind for kind in OrderType if kind.priced]),
    quantity=positive,
    price=positive,
)


def test_order_when_several_fields_are_wrong_then_the_first_is_told_and_the_rest_counted() -> None:
    """One thing at a time, but nobody is led to believe that it is the only one."""
    error = refused(PlaceOrder, {**LIMIT, "symbol": "?", "side": "?", "price": "?"})
    assert error.field == "symbol"
    assert str(error).endswith("(and 2 more)")


@pytest.mark.parametrize(("model", "fields"), COMMANDS)
def test_message_when_a_field_is_unknown_then_it_is_refused_and_the_known_are_listed(
    model: type[Command], fields: Mapping[str, Any]
) -> None:
    """A misspelt field is an error, never ignored; what is not for producers is not offered."""
    error = refused(model, {**fields, "quanttiy": "1"})
    assert (error.field, error.value) == ("quanttiy", "'1'")
    inner = {"version", "key_minted", "intake_entry"}
    known = ", ".join(name for name in model.model_fields if name not in inner)
    assert error.rule == f"{model.__name__} has no such field; it knows {known}"


def test_message_when_a_misspelt_field_is_missed_elsewhere_then_the_misspelling_is_told() -> None:
    """Whoever wrote `simbol` should not be told first that `symbol` is missing."""
    fields = {name: value for name, value in LIMIT.items() if name != "symbol"}
    error = refused(PlaceOrder, {**fields, "simbol": "BTCUSDT"})
    assert error.field == "simbol"
    assert str(error).endswith("(and 1 more)")


@law
@given(orders)
def test_order_when_it_crosses_the_queue_then_the_worker_reads_the_same_order(
    sent: PlaceOrder,
) -> None:
    """Every field and every digit arrives, and with them the identity of the order."""
    wire = json.loads(json.dumps(sent.wire()))
    read = checked(PlaceOrder, wire)
    assert read == sent
    assert (f"{read.quantity:f}", f"{read.price:f}") == (wire["quantity"], wire["price"])
    assert (read.task_id, read.parameter_hash) == (sent.task_id, sent.parameter_hash)
    assert read.wire() == wire


@law
@given(orders)
def test_order_when_written_then_amounts_are_plain_text_and_nothing_is_empty(
    sent: PlaceOrder,
) -> None:
    """Any language can read it: no floats, no exponents, no nulls."""
    assert_plain(sent, json.loads(json.dumps(sent.wire())))


@pytest.mark.parametrize(("model", "fields"), COMMANDS)
def test_command_when_it_crosses_the_queue_then_the_worker_reads_the_same_command(
    model: type[Command], fields: Mapping[str, Any]
) -> None:
    """What holds for orders holds for every command, and symbols have one spelling."""
    sent = checked(model, fields)
    assert checked(model, json.loads(json.dumps(sent.wire()))) == sent
    assert getattr(sent, "symbol", None) in (None, "BTCUSDT")


@pytest.mark.parametrize("model", [PlaceOrder, CancelOrder, OrderReport, Times])
def test_message_when_made_then_it_cannot_be_changed(model: type[Message]) -> None:
    """What was checked is what is sent."""
    fields = {"order": "k"} if model is CancelOrder else dict(LIMIT)
    message = model.model_construct(**fields)
    with pytest.raises(ValidationError, match="frozen"):
        message.version = 1
