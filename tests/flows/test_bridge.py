"""Every message gets a reply, and becomes at most one order."""

from collections.abc import Mapping
from typing import Any

import pytest

from orderdesk.contracts import CancelOrder, PlaceOrder, checked
from orderdesk.errors import StoreUnavailable
from orderdesk.flows import bridge
from orderdesk.ports import Incoming
from orderdesk.stores.memory import FakeInbox
from tests.flows.trial import Trial

AT_MS = 1_795_248_105_188
LIMIT = {
    "order_id": "claire_1",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.001",
    "price": "50000",
}


class Caller:
    """Makes calls as a producer does, and remembers them."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, task: str, fields: Mapping[str, Any]) -> str:
        """Check the fields once more, as `delay()` does."""
        self.calls.append((task, dict(fields)))
        return checked(PlaceOrder if task == "place_order" else CancelOrder, fields).task_id


def incoming(fields: Mapping[str, Any] | None, entry_id: str | None = "7-0") -> Incoming:
    """A message on the stream."""
    return Incoming("orders:in", entry_id, AT_MS, fields, "" if fields is not None else "no JSON")


def answered(trial: Trial, *messages: Incoming) -> tuple[list[Mapping[str, Any]], Caller]:
    """What the bridge replies to messages, and what it called."""
    inbox, caller = FakeInbox(), Caller()
    inbox.waiting += messages
    assert bridge.work(inbox, trial.ledger, caller, wait_ms=0) == len(messages)
    assert inbox.waiting == []
    return inbox.replies, caller


def test_work_when_messages_wait_then_each_is_called_or_refused_and_answered(
    trial: Trial,
) -> None:
    """Good, wrong and unreadable ones alike; a wrong one stops nobody behind it."""
    cancel = {"task": "cancel_order", "order_id": "claire_1"}
    replies, caller = answered(
        trial,
        incoming(None),
        incoming({**LIMIT, "quantity": "much"}),
        incoming(LIMIT),
        incoming(cancel, "8-0"),
    )
    assert [(r["event_type"], r["order_id"]) for r in replies] == [
        ("command_refused", None),
        ("command_refused", "claire_1"),
        ("command_taken", "claire_1"),
        ("command_taken", "claire_1"),
    ]
    assert [r.get("status") for r in replies] == ["DENIED", "DENIED", None, None]
    assert "no JSON" in replies[0]["reason"]
    assert (replies[1]["field"], "much" in replies[1]["value"]) == ("quantity", True)
    assert [task for task, _ in caller.calls] == ["place_order", "cancel_order"]
    assert caller.calls[1][1]["idempotency_key"] == "orders:in:8-0"
    assert replies[2]["timestamp"] == "2026-11-21T08:01:45.188+00:00"


def test_work_when_the_order_is_known_then_it_is_told_how_it_stands(trial: Trial) -> None:
    """A sender that missed the result asks again with the same message."""
    command = trial.order("claire_1")
    placed = trial.place(command)
    replies, caller = answered(trial, incoming(LIMIT))
    assert caller.calls == []
    assert (replies[0]["event_type"], replies[0]["status"]) == ("command_taken", "NEW")
    assert replies[0]["task_id"] == placed.task_id
    assert replies[0]["exchange_order_id"] == placed.order_id


@pytest.mark.parametrize(
    ("change", "code"),
    [({"quantity": "0.002"}, "INTENT_CONFLICT"), ({"quantity": "x"}, "INVALID_ORDER")],
)
def test_work_when_a_name_is_used_again_then_the_first_order_is_not_called_denied(
    trial: Trial, change: dict[str, str], code: str
) -> None:
    """Whoever reads DENIED forgets the order; the one that stands must not be forgotten."""
    trial.place(trial.order("claire_1"))
    replies, caller = answered(trial, incoming({**LIMIT, **change}))
    assert caller.calls == []
    assert (replies[0]["event_type"], replies[0]["code"]) == ("command_refused", code)
    assert "status" not in replies[0]


def test_work_when_redis_fails_before_the_reply_then_the_message_is_done_again_alike(
    trial: Trial,
) -> None:
    """At least once, with one key: a second reading is the same call."""
    inbox, caller = FakeInbox(), Caller()
    inbox.waiting.append(incoming({**LIMIT, "order_id": None}))
    inbox.failure = StoreUnavailable("a test")
    with pytest.raises(StoreUnavailable):
        bridge.work(inbox, trial.ledger, caller, wait_ms=0)
    inbox.failure = None
    bridge.work(inbox, trial.ledger, caller, wait_ms=0)
    assert caller.calls[0] == caller.calls[1]
    assert len(inbox.replies) == 1
