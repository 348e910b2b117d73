"""A kill at work: what waits ends, what rests goes, and it is proven that nothing is open."""

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from orderdesk.core.events import EventKind
from orderdesk.core.fence import VISIBILITY_LAG_MS
from orderdesk.core.intents import Doubt
from orderdesk.core.orders import ON_EXCHANGE, OrderStatus
from orderdesk.core.tokens import Caps, Lane
from orderdesk.errors import ExchangeUnreachable, NotYet, StoreUnavailable
from orderdesk.flows import kill, kill_switch, look, sweep
from orderdesk.ports import Desk
from tests.flows.test_kill_switch import engage
from tests.flows.trial import WINDOW_MS, Trial, Unhurried

SLOW = Caps("one a second", orders_per_s=1, requests_per_s=10_000, weight_per_10_s=1_000_000)
PROOF_MS = WINDOW_MS + 1_000 + 20_000
"""T + W + d + L of the design, from the stamp on; written here once more."""


def test_sweep_when_orders_rest_then_ours_end_one_by_one_and_foreign_ones_stay(
    trial: Trial,
) -> None:
    """What waits ends DENIED with the reason, what rests is cancelled, the rest is not ours."""
    # Given
    foreign = trial.force(trial.place(trial.order()), "by-hand")
    trial.keep_waiting(trial.order("k-2"))
    # When
    engage(trial)
    done = kill.sweep(trial.desk)
    # Then
    assert done is not None
    assert (done.still_open, done.foreign, done.denied) == ((), 1, 1)
    assert trial.stands("k-1").status is OrderStatus.CANCELED
    waited = trial.stands("k-2")
    assert (waited.status, waited.code) == (OrderStatus.DENIED, "KILL_SWITCH")
    assert "drill" in str(waited.reason)
    by_id = {order.order_id: order.status for order in trial.venue.orders}
    assert by_id == {"X1": OrderStatus.CANCELED, foreign: OrderStatus.NEW}
    assert trial.venue.calls["cancel everything"] == 0


def test_sweep_when_foreign_orders_are_to_go_too_then_all_end_at_once(trial: Trial) -> None:
    """Under KILL_FOREIGN=1 one request cancels the account whole."""
    for n in range(3):
        trial.place(trial.order(f"k-{n}"))
    trial.force(trial.stands("k-0"), "by-hand")
    engage(trial)
    kill.sweep(_also_foreign(trial))
    assert open_orders(trial) == []
    assert (trial.venue.calls["cancel everything"], trial.venue.calls["cancel"]) == (1, 0)


def test_sweep_when_the_whole_account_is_not_answered_then_symbols_are_next(trial: Trial) -> None:
    """order/all, then each symbol, then one by one: every way is tried in one sweep."""
    trial.place(trial.order())
    engage(trial)
    refusing = _also_foreign(trial, silent=("cancel_everything",))
    kill.sweep(refusing)
    assert trial.venue.calls["cancel open"] == 1
    # And when that is not answered either
    trial.place_after_release(trial.order("k-2"))
    kill.sweep(_also_foreign(trial, silent=("cancel_everything", "cancel_open")))
    assert trial.venue.calls["cancel"] == 1
    assert open_orders(trial) == []


def test_kill_when_everything_was_answered_then_one_sweep_verifies_it(trial: Trial) -> None:
    """Nothing is on its way, nothing is open, and the exchange's lists are empty."""
    trial.place(trial.order())
    engage(trial)
    done = kill.sweep(trial.desk)
    assert done is not None
    assert done.verified
    switch = trial.ledger.switch(kill_switch.KILL)
    assert switch is not None
    assert switch.verified_ms is not None
    assert trial.kinds().count(EventKind.KILL_VERIFIED) == 1


@pytest.mark.parametrize("lands_after_ms", [None, 0, 1_000, WINDOW_MS + 900])
def test_kill_when_an_order_is_on_the_wire_then_it_is_not_verified_before_its_proof(
    trial: Trial, lands_after_ms: int | None
) -> None:
    """What lands late is cancelled, and until fence + L nobody may say that nothing is open."""
    # Given
    trial.venue.hold_back = 1
    trial.place(trial.order())
    stamp_ms = trial.stands().sent_ms or 0
    engage(trial)
    # When
    verified_ms = None
    for now_ms in range(0, 40_000, 500):
        if lands_after_ms is not None and now_ms >= lands_after_ms:
            trial.venue.land()
        trial.clock.advance(500)
        done = kill.sweep(trial.desk)
        sweep.sweep(trial.desk)
        trial.work()
        if done is not None and done.verified:
            verified_ms = done.switch.verified_ms
            break
        assert trial.stands().status is not OrderStatus.RECEIVED
    # Then
    assert verified_ms is not None
    landed = bool(trial.venue.orders)
    assert landed is (lands_after_ms is not None and lands_after_ms < WINDOW_MS)
    if not landed:
        assert verified_ms > stamp_ms + PROOF_MS
    assert open_orders(trial) == []
    assert trial.venue.calls["place"] == 1


def test_kill_when_an_order_is_quarantined_then_it_is_verified_and_still_named(
    trial: Trial,
) -> None:
    """A person's answer is not waited for: after its proof the exchange's lists tell."""
    trial.quarantine(trial.order())
    engage(trial)
    first = kill.sweep(trial.desk)
    assert first is not None
    assert not first.verified
    trial.clock.advance(PROOF_MS + 1_000)
    later = kill.sweep(trial.desk)
    assert later is not None
    assert later.verified
    assert later.still_open == ("k-1",)


def test_kill_when_an_orphan_of_ours_is_open_then_it_is_cancelled_before_it_is_verified(
    trial: Trial,
) -> None:
    """The prefix is ours, so it is ours to cancel, whatever the ledger knows of it."""
    orphan = trial.force(trial.place(trial.order()), "od1-nobody-knows-it")
    engage(trial)
    first = kill.sweep(trial.desk)
    assert first is not None
    assert not first.verified
    assert "od1-nobody-knows-it" in first.still_open
    again = kill.sweep(trial.desk)
    assert again is not None
    assert again.verified
    assert {o.order_id: o.status for o in trial.venue.orders}[orphan] is OrderStatus.CANCELED


def test_kill_when_commands_have_no_row_yet_then_they_end_denied_and_do_not_wait(
    trial: Trial,
) -> None:
    """What only the intake knows is denied from there: a long queue is no reason to wait."""
    for n in range(20):
        trial.submit(trial.order(f"k-{n}"))
    engage(trial)
    done = kill.sweep(trial.desk)
    assert done is not None
    assert done.denied == 20
    for n in range(20):
        assert trial.stands(f"k-{n}").status is OrderStatus.DENIED
    assert trial.venue.calls["place"] == 0


def test_kill_when_a_doubt_stands_then_what_waits_is_looked_for_before_it_is_denied(
    trial: Trial,
) -> None:
    """A ledger that may have forgotten its sending cannot call an order never sent."""
    # Given two rows that only wait, of which one is on the exchange already
    trial.keep_waiting(trial.order("k-1"))
    trial.keep_waiting(trial.order("k-2"))
    lost = Trial(clock=trial.clock)
    lost.venue = trial.venue
    lost.place(lost.order("k-1"))
    now_ms = trial.time.now_ms()
    trial.ledger.begin_doubt(Doubt(now_ms, now_ms + 600_000, look.REDIS_EMPTY))
    # When
    engage(trial)
    for _ in range(90):
        kill.tend(trial.desk)
        trial.run(1_000, 1_000)
    # Then
    assert trial.stands("k-1").status is OrderStatus.CANCELED
    assert trial.stands("k-1").order_id == trial.venue.orders[0].order_id
    assert trial.stands("k-2").status is OrderStatus.DENIED
    assert len(trial.venue.orders) == 1


def test_kill_when_the_venue_bans_us_then_it_stays_engaged_and_goes_on_after_it(
    trial: Trial,
) -> None:
    """A ban is waited for like everything else that passes."""
    trial.place(trial.order())
    engage(trial)
    trial.throttle.pause("main", 120_000, "HTTP 418")
    with pytest.raises(NotYet):
        kill.sweep(trial.desk)
    assert kill_switch.standing(trial.desk) is not None
    trial.clock.advance(120_000)
    done = kill.sweep(trial.desk)
    assert done is not None
    assert done.verified


def test_kill_when_redis_is_away_then_the_exchange_and_the_ledger_are_enough(
    trial: Trial,
) -> None:
    """Queue, intake and memory may all be gone; the throttle's stand-in is the caller's."""
    trial.place(trial.order())
    engage(trial)
    for port in (trial.queue, trial.memory, trial.intake):
        port.failure = StoreUnavailable("away")
    done = kill.tend(trial.desk)
    assert done is not None
    assert done.verified
    assert open_orders(trial) == []


def test_kill_when_a_sweep_has_no_time_for_all_then_the_next_one_goes_on_with_the_rest(
    trial: Trial,
) -> None:
    """At one cancel a second, and with nothing booked in between: each order is cancelled once."""
    for n in range(12):
        trial.place(trial.order(f"k-{n:02}", quantity="0.0001"))
    trial.throttle = Unhurried(trial.clock, SLOW, Fraction(1))
    trial.clock.advance(VISIBILITY_LAG_MS)
    engage(trial)
    unbooked = _silent(trial, ("all_orders",))
    for _ in range(6):
        with suppress(ExchangeUnreachable, NotYet):
            kill.sweep(unbooked)
        trial.clock.advance(1_000)
    assert open_orders(trial) == []
    assert trial.venue.calls["cancel"] == 12


def test_tend_when_somebody_sweeps_already_then_it_is_left_to_them(trial: Trial) -> None:
    """Two at once would only use the budget up twice."""
    trial.place(trial.order())
    engage(trial)
    assert trial.memory.once("kill", 15_000)
    assert kill.tend(trial.desk) is None
    trial.memory.release("kill")
    assert kill.tend(trial.desk) is not None
    # Once it is verified it is looked at seldom, and for ever.
    assert kill.tend(trial.desk) is not None
    assert kill.tend(trial.desk) is None


def open_orders(trial: Trial) -> list[str]:
    """What rests at the venue, ours or not."""
    return [order.order_id for order in trial.venue.orders if order.status in ON_EXCHANGE]


def _also_foreign(trial: Trial, silent: tuple[str, ...] = ()) -> Desk:
    """Return the desk under KILL_FOREIGN=1; some of the venue's ways are not answered."""
    rules = replace(trial.desk.rules, kills_foreign=True)
    return replace(_silent(trial, silent), rules=rules)


def _silent(trial: Trial, silent: tuple[str, ...]) -> Desk:
    """Return the desk before a venue that does not answer some questions."""
    whole = trial.desk.exchange

    def exchange(account: str, lane: Lane) -> Any:
        return _Silent(whole(account, lane), silent)

    return replace(trial.desk, exchange=exchange)


class _Silent:
    """A venue that does not answer some questions."""

    def __init__(self, exchange: object, silent: tuple[str, ...]) -> None:
        self._exchange, self._silent = exchange, silent

    def __getattr__(self, name: str) -> object:
        if name in self._silent:
            raise ExchangeUnreachable(f"{name}: no answer")
        return getattr(self._exchange, name)
