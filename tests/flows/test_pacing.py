"""A request waits for its slot: near ones are slept for, far ones go back to the queue."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from orderdesk.core.orders import OrderStatus
from orderdesk.core.tokens import Cost, Lane
from orderdesk.errors import NotYet, StoreUnavailable
from orderdesk.flows.pacing import Pacer
from orderdesk.ports import Slot, Waiting
from orderdesk.ports.throttle import NOT_WAITING
from orderdesk.stores.memory import FakeClock, FakeThrottle
from tests.flows.trial import CAPS, Trial, place_at

COST = Cost("POST /api/v3/order", 1, orders=1)


class Line(FakeThrottle):
    """A throttle that answers as it is told."""

    def __init__(self, slots: Iterable[Slot]) -> None:
        super().__init__(FakeClock(), CAPS)
        self.slots = list(slots)
        self.asked: list[tuple[str, Cost, Lane]] = []
        self.waiting: list[Waiting] = []

    def book(self, account: str, cost: Cost, lane: Lane, waiting: Waiting = NOT_WAITING) -> Slot:
        """Give the next answer."""
        self.asked.append((account, cost, lane))
        self.waiting.append(waiting)
        return self.slots.pop(0)


class Dozing(FakeClock):
    """A clock whose sleepers oversleep."""

    def __init__(self, over_ms: list[int]) -> None:
        super().__init__()
        self.over_ms = over_ms

    def sleep_ms(self, duration_ms: int) -> None:
        """Sleep longer than was asked for."""
        super().sleep_ms(duration_ms)
        self.advance(self.over_ms.pop(0))


def test_pace_when_a_slot_is_booked_then_it_is_slept_for_exactly() -> None:
    """Sent in its slot: not sooner, not later."""
    line, clock = Line([Slot(40, booked=True)]), FakeClock()
    _pacer(line, clock)(COST)
    assert clock.slept_ms == [40]
    assert line.asked == [("main", COST, Lane.PLACE)]


def test_pace_when_the_line_is_full_for_a_moment_then_it_waits_and_asks_again() -> None:
    """Nothing was taken, so the slot has to be asked for anew."""
    line = Line([Slot(300, booked=False), Slot(100, booked=False), Slot(20, booked=True)])
    clock = FakeClock()
    _pacer(line, clock)(COST)
    assert clock.slept_ms == [300, 100, 20]


def test_pace_when_the_slot_is_far_then_the_work_goes_back_with_its_time() -> None:
    """A worker does not sleep for long: others need its thread."""
    clock = FakeClock()
    with pytest.raises(NotYet) as far:
        _pacer(Line([Slot(1_001, booked=False)]), clock)(COST)
    assert far.value.retry_after_ms == 1_001
    assert clock.slept_ms == []


def test_pace_when_near_slots_add_up_then_the_bound_is_for_all_of_them() -> None:
    """Being sent away again and again is a long sleep too."""
    line, clock = Line([Slot(600, booked=False)] * 3), FakeClock()
    with pytest.raises(NotYet):
        _pacer(line, clock)(COST)
    assert sum(clock.slept_ms) <= 1_000


def test_pace_when_it_is_told_to_come_back_at_once_then_it_does_not_spin_for_ever() -> None:
    """A throttle that never gives a slot costs a bounded number of questions."""
    line, clock = Line([Slot(0, booked=False)] * 1_000 + [Slot(1, booked=False)]), FakeClock()
    with pytest.raises(NotYet):
        _pacer(line, clock)(COST)
    assert sum(clock.slept_ms) == 1_000


def test_pace_when_it_waits_then_it_shows_its_place_in_line_and_how_long_it_has_waited() -> None:
    """First come, first served needs to know who came first."""
    placed = Slot(300, booked=False, mark=7)
    line = Line([placed, Slot(20, booked=True, mark=9)])
    _pacer(line, FakeClock())(COST)
    assert line.waiting == [Waiting(1_000, 0), Waiting(700, 300, placed)]


def test_pace_when_it_wakes_too_late_then_it_gives_the_slot_up_for_a_new_one() -> None:
    """Late senders would bunch; a slot that was not used goes back to the pool."""
    missed = Slot(100, booked=True, mark=5)
    line, clock = Line([missed, Slot(50, booked=True, mark=6)]), Dozing([21, 20])
    _pacer(line, clock)(COST)
    assert line.waiting[1].before == missed
    assert clock.slept_ms == [100, 50]


def test_pace_when_every_slot_is_missed_then_the_work_goes_back_to_the_queue() -> None:
    """A worker that cannot keep time does not try for ever."""
    line, clock = Line([Slot(0, booked=True)] * 100), Dozing([300] * 100)
    with pytest.raises(NotYet, match="too late"):
        _pacer(line, clock)(COST)
    assert len(line.slots) > 90


def test_pace_when_the_throttle_is_away_then_nothing_is_sent(trial: Trial) -> None:
    """It fails closed: no request of any kind leaves."""
    trial.time.measure()
    trial.venue.calls.clear()
    trial.throttle.failure = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        trial.place(trial.order())
    with pytest.raises(StoreUnavailable):
        trial.desk.exchange("main", Lane.CANCEL).cancel("BTCUSDT", "x")
    assert not trial.venue.calls


def test_place_when_the_line_is_paused_then_it_waits_with_its_row_and_is_sent_later(
    trial: Trial,
) -> None:
    """A pause delays an order; it neither loses nor doubles it."""
    trial.throttle.pause("main", 20_000, "a test")
    with pytest.raises(NotYet):
        trial.place(trial.order())
    assert trial.venue.calls["place"] == 0
    trial.run(40_000, 1_000)
    assert trial.stands().answerable
    assert trial.venue.calls["place"] == 1


def _pacer(line: Line, clock: FakeClock) -> Pacer:
    return Pacer(line, clock, account="main", lane=Lane.PLACE, sleep_bound_ms=1_000)


def test_renew_when_the_slot_is_still_at_hand_then_nobody_is_asked() -> None:
    """The happy path costs one question."""
    line, clock = Line([Slot(0, booked=True)]), FakeClock()
    pacer = _pacer(line, clock)
    taken = pacer(COST)
    clock.advance(20)
    assert pacer.renew(COST, taken, by_ms=clock.monotonic_ms() + 1_000) == taken
    assert len(line.asked) == 1


def test_renew_when_writing_down_took_too_long_then_a_new_slot_is_waited_for() -> None:
    """What was slow between the slot and the bytes must not make senders bunch."""
    first = Slot(0, booked=True, mark=5)
    line, clock = Line([first, Slot(70, booked=True, mark=6)]), FakeClock()
    pacer = _pacer(line, clock)
    taken = pacer(COST)
    clock.advance(21)
    renewed = pacer.renew(COST, taken, by_ms=clock.monotonic_ms() + 1_000)
    assert line.waiting[1].before == first
    assert clock.slept_ms[-1] == 70
    assert renewed.slot.mark == 6


def test_renew_when_no_slot_is_near_enough_then_it_says_so() -> None:
    """A stamp ages: what cannot be sent soon is not sent."""
    line, clock = Line([Slot(0, booked=True), Slot(800, booked=False)]), FakeClock()
    pacer = _pacer(line, clock)
    taken = pacer(COST)
    clock.advance(100)
    with pytest.raises(NotYet):
        pacer.renew(COST, taken, by_ms=clock.monotonic_ms() + 799)


class SlowLedger:
    """A ledger whose transactions take their time."""

    def __init__(self, trial: Trial, takes_ms: int) -> None:
        self._trial = trial
        self._takes_ms = takes_ms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._trial.ledger, name)

    def open_attempt(self, *args: Any, **named: Any) -> Any:
        """Write the attempt down, slowly."""
        opened = self._trial.ledger.open_attempt(*args, **named)
        self._trial.clock.advance(self._takes_ms)
        return opened


def test_place_when_the_ledger_is_slow_then_the_order_leaves_in_a_slot_of_its_own(
    trial: Trial,
) -> None:
    """Orders that were written down late do not arrive together: the slot is taken anew."""
    trial.time.measure()
    ledger: Any = SlowLedger(trial, takes_ms=300)
    placed = place_at(replace(trial.desk, ledger=ledger), trial.order())
    use = trial.throttle.overview("main").lanes[Lane.PLACE]
    assert placed.status is OrderStatus.NEW
    assert (use.given, use.missed) == (2, 1)


def test_place_when_no_slot_comes_in_the_stamp_s_time_then_it_is_unsent_and_not_in_doubt(
    trial: Trial,
) -> None:
    """Written down, never sent, and said so: another attempt follows, at no cost of a retry."""
    trial.time.measure()

    class Pausing(SlowLedger):
        def open_attempt(self, *args: Any, **named: Any) -> Any:
            opened = super().open_attempt(*args, **named)
            trial.throttle.pause("main", 20_000, "a test")
            return opened

    ledger: Any = Pausing(trial, takes_ms=300)
    with pytest.raises(NotYet):
        place_at(replace(trial.desk, ledger=ledger), trial.order())
    assert trial.venue.calls["place"] == 0
    assert trial.stands().status is OrderStatus.RECEIVED
    trial.run(40_000, 1_000)
    assert trial.venue.calls["place"] == 1
