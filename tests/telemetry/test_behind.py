"""A sink that is told behind the order's back: at once for the order, in order for the sink."""

import queue
import threading
from dataclasses import replace

import pytest

from orderdesk.core.events import Event
from orderdesk.telemetry.behind import Behind
from orderdesk.telemetry.fan_out import FanOut
from tests.telemetry.test_fan_out import EVENT

WAIT_S = 10


def test_behind_when_the_sink_hangs_then_the_order_does_not_wait_and_nothing_is_lost() -> None:
    """The caller comes back although the sink has not; later everything is told, in order."""
    may_go, told = threading.Event(), list[Event]()

    def slow(one: Event) -> None:
        may_go.wait(WAIT_S)
        told.append(one)

    behind = Behind(FanOut((slow,)))
    events = [replace(EVENT, at_ms=n) for n in range(5)]
    for one in events:
        behind(one)
    assert told == []
    may_go.set()
    behind.close()
    assert told == events


def test_behind_when_too_many_wait_then_the_caller_hears_that_it_is_missed() -> None:
    """Memory is bounded; the ledger has what was missed, and the sweep tells it."""
    may_go, entered = threading.Event(), threading.Event()

    def slow(_one: Event) -> None:
        entered.set()
        may_go.wait(WAIT_S)

    behind = Behind(FanOut((slow,)), most=1)
    behind(EVENT)
    assert entered.wait(WAIT_S)
    behind(EVENT)
    with pytest.raises(queue.Full):
        behind(EVENT)
    may_go.set()
    behind.close()


def test_behind_when_the_sink_breaks_then_it_is_told_the_next_one_all_the_same() -> None:
    """One event that cannot be told keeps nobody else's back."""
    told = list[Event]()

    def broken_once(one: Event) -> None:
        told.append(one)
        if len(told) == 1:
            raise ConnectionError("away")

    sinks = FanOut((broken_once,))
    behind = Behind(sinks)
    behind(EVENT)
    behind(EVENT)
    behind.close()
    assert len(told) == 2
    assert list(sinks.missed.values()) == [1]
