"""Every task has a queue, every queue a task, and cancels never wait behind placements."""

from orderdesk.core.queues import (
    ACCOUNT,
    CANCELLING,
    DEAD_LETTER,
    KEPT,
    PLACING,
    QUEUE_OF,
    QUEUES,
    UPKEEP,
)
from orderdesk.producing import COMMANDS


def test_queues_when_listed_then_each_is_named_once_and_serves_something() -> None:
    """No queue without work, no work without a queue."""
    assert len(set(QUEUES)) == len(QUEUES)
    assert set(QUEUE_OF.values()) == set(QUEUES)
    assert set(QUEUES) == {"placing", "cancelling", "account", "upkeep", "dead_letter"}


def test_queues_when_an_order_must_be_stopped_then_nothing_slow_is_ahead_of_it() -> None:
    """Placements and dead letters are alone; cancel, kill and resolve share the fast lane."""
    served = {queue: {task for task, on in QUEUE_OF.items() if on == queue} for queue in QUEUES}
    assert served[PLACING] == {"place_order"}
    assert served[CANCELLING] == {
        "cancel_order",
        "cancel_all_orders",
        "resolve_order",
        "kill_switch",
        "tend_kill",
    }
    assert served[DEAD_LETTER] == {"bury"}
    assert served[UPKEEP] == {"sync_time", "sweep_intents", "watch_risk", "replay"}
    assert served[ACCOUNT] == {
        "poll_order_status",
        "collect_fills",
        "sync_portfolio",
        "reconcile",
        "follow_open_orders",
    }


def test_kept_when_a_producer_may_call_a_task_then_what_acts_is_kept_and_questions_are_not() -> (
    None
):
    """Accepted means kept, for commands; a lost question is asked again."""
    assert {"place_order", "cancel_order", "cancel_all_orders", "kill_switch"} == KEPT
    assert set(QUEUE_OF) >= set(COMMANDS) >= KEPT
