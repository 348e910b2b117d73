"""A broken sink never stops an order, and says that it is broken."""

import logging
import threading

import pytest

from orderdesk.core.events import Event, EventKind
from orderdesk.telemetry.fan_out import REST_MS, SLOW_MS, FanOut

EVENT = Event(EventKind.ORDER_NEW, 1, order="key-1")


class Box:
    """A sink that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)


class Moody(Box):
    """A sink that breaks while `error` is set, and takes `takes_ms` to do so."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.takes_ms = 0
        self.now_ms = 0

    def __call__(self, event: Event) -> None:
        """Keep it, or break."""
        self.now_ms += self.takes_ms
        if self.error is not None:
            raise self.error
        super().__call__(event)


def test_event_when_told_then_every_sink_has_it() -> None:
    """In the order the sinks were given."""
    boxes = [Box(), Box()]
    FanOut(boxes)(EVENT)
    assert [box.events for box in boxes] == [[EVENT], [EVENT]]


def test_event_when_one_sink_is_broken_then_the_others_have_it_and_nothing_is_raised() -> None:
    """Telling must never decide about an order."""
    moody, box = Moody(), Box()
    moody.error = OSError("no space left on device")
    fan_out = FanOut([moody, box])
    fan_out(EVENT)
    assert box.events == [EVENT]
    assert fan_out.missed == {"Moody": 1, "Box": 0}


def test_broken_sink_when_it_stays_broken_and_recovers_then_each_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A disk that is full for an hour is one line, not a flood; so is its end."""
    caplog.set_level(logging.INFO)
    moody = Moody()
    fan_out = FanOut([moody])
    # Given a sink that is broken for three events
    moody.error = OSError("no space left on device")
    for _ in range(3):
        fan_out(EVENT)
    # When it works again
    moody.error = None
    fan_out(EVENT)
    fan_out(EVENT)
    # Then both were said once, and every missed event is counted
    broken, works = caplog.records
    assert broken.levelno == logging.ERROR
    assert "Moody is broken (OSError: no space left on device)" in broken.getMessage()
    assert works.getMessage() == "Moody works again; it missed 3 events."
    assert fan_out.missed == {"Moody": 3}
    # And when it breaks again, it is said again
    moody.error = OSError("gone")
    fan_out(EVENT)
    assert "gone" in caplog.records[-1].getMessage()


def test_slow_sink_when_it_fails_then_it_rests_before_it_is_tried_again() -> None:
    """A Redis that times out must not cost every order its timeout."""
    moody = Moody()
    fan_out = FanOut([moody], monotonic_ms=lambda: moody.now_ms)
    # Given a sink that fails after a long wait
    moody.error, moody.takes_ms = TimeoutError("timed out"), SLOW_MS + 1
    fan_out(EVENT)
    # When it would work again at once
    moody.error, moody.takes_ms = None, 0
    fan_out(EVENT)
    # Then it is not called before its rest is over
    assert moody.events == []
    moody.now_ms += REST_MS
    fan_out(EVENT)
    assert moody.events == [EVENT]
    assert fan_out.missed == {"Moody": 2}


def test_interrupt_when_a_sink_is_told_then_it_is_not_swallowed() -> None:
    """Only errors are caught: who stops the process means it."""

    def interrupted(_event: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FanOut([interrupted])(EVENT)


def test_counts_when_many_threads_tell_at_once_then_none_is_lost() -> None:
    """Workers run orders on threads."""
    moody = Moody()
    moody.error = OSError("gone")
    fan_out = FanOut([moody])

    def tell_many() -> None:
        for _ in range(200):
            fan_out(EVENT)

    threads = [threading.Thread(target=tell_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fan_out.missed == {"Moody": 800}
