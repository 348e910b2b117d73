"""A kill whose own calls break, one at a time: the end is zero open orders and zero new ones."""

from collections.abc import Callable

import pytest

from orderdesk.core.money import ZERO
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import ExchangeUnreachable, LedgerUnavailable, NotYet, StoreUnavailable
from orderdesk.flows import kill, kill_switch, sweep
from orderdesk.ports import Desk
from tests.flows.stepping import Fault, Stepper
from tests.flows.test_kill import open_orders
from tests.flows.test_kill_switch import engage
from tests.flows.trial import WINDOW_MS, Trial


@pytest.mark.parametrize("calls", range(0, 40, 2))
def test_kill_when_whoever_engages_dies_anywhere_then_the_end_is_zero_open_and_zero_new(
    trial: Trial, calls: int
) -> None:
    """Kill -9 in the middle, a late landing after it, beat going on: zero open, zero new."""
    # Given orders in every state, and one on the wire
    _in_every_state(trial)
    # When whoever kills dies at some call
    worker = Stepper(trial.desk, _engage_and_sweep)
    if not worker.go(calls):
        worker.kill()
    # Then beat ends it, if it had begun; else the next kill does
    if kill_switch.standing(trial.desk) is None:
        engage(trial)
    _comes_to_its_end(trial)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("calls", range(1, 40, 6))
def test_kill_when_one_call_fails_anywhere_then_the_end_is_zero_open_and_zero_new(
    trial: Trial, fault: Fault, calls: int
) -> None:
    """A locked ledger, a lost answer, a Redis that goes away: whatever fails is done again."""
    _in_every_state(trial)

    def job(desk: Desk) -> None:
        try:
            _engage_and_sweep(desk)
        except (LedgerUnavailable, StoreUnavailable, ExchangeUnreachable, NotYet):
            return

    worker = Stepper(trial.desk, job)
    if not worker.go(calls):
        worker.go(fault=fault)
    if kill_switch.standing(trial.desk) is None:
        engage(trial)
    _comes_to_its_end(trial)


def test_kill_when_redis_is_away_and_a_sender_died_then_its_order_is_found_out_all_the_same(
    trial: Trial,
) -> None:
    """No worker asks then what became of it, and in question it keeps all from being verified."""
    # Given an attempt whose worker died before its bytes
    trial.write_attempt(trial.order())
    engage(trial)
    _without_redis(trial)
    # When
    for _ in range(60):
        kill.tend(trial.desk)
        trial.clock.advance(1_000)
    # Then
    assert _verified(trial)
    assert (trial.stands().status, trial.venue.orders) == (OrderStatus.CANCELED, [])


def test_kill_when_it_is_alone_and_a_question_is_not_answered_then_the_cancels_went_before_it(
    trial: Trial,
) -> None:
    """A silent exchange keeps a doubt open, but no order resting; later the doubt ends, too."""
    # Given one that rests, one in doubt, and a venue that does not say what became of an order
    trial.place(trial.order("rests"))
    trial.write_attempt(trial.order("in-doubt"))
    trial.clock.advance(WINDOW_MS + 1)
    engage(trial)
    _without_redis(trial)
    trial.venue.denials["order"] = ExchangeUnreachable("no answer")
    # When
    done = kill.tend(trial.desk)
    # Then
    assert trial.venue.calls["order"] == 1
    assert open_orders(trial) == []
    assert done is not None
    assert (done.still_open, done.verified) == (("in-doubt",), False)
    # And when it says so at last
    trial.venue.denials.clear()
    for _ in range(60):
        kill.tend(trial.desk)
        trial.clock.advance(1_000)
    assert _verified(trial)


def _without_redis(trial: Trial) -> None:
    for port in (trial.queue, trial.memory, trial.intake):
        port.failure = StoreUnavailable("away")


def _verified(trial: Trial) -> bool:
    switch = kill_switch.standing(trial.desk)
    return switch is not None and switch.verified_ms is not None


def _in_every_state(trial: Trial) -> None:
    """Let orders rest, be unknown, wait, be queued and be on the wire."""
    trial.place(trial.order("rests"))
    trial.venue.lose_answers = 1
    trial.place(trial.order("lost-answer"))
    trial.venue.hold_back = 1
    trial.place(trial.order("on-the-wire"))
    trial.write_attempt(trial.order("written-down"))
    trial.keep_waiting(trial.order("waits"))
    trial.submit(trial.order("queued"))
    trial.queue.published.clear()


def _engage_and_sweep(desk: Desk) -> None:
    kill_switch.engage(desk, reason="drill", by="a person")
    kill.tend(desk)


def _comes_to_its_end(trial: Trial) -> None:
    """Let beat go on until the kill is verified; then hold what must be true."""
    sent = trial.venue.calls["place"]
    verified_ms: int | None = None
    for second in range(90):
        if second == 2:
            trial.venue.land()
        for job in (kill.tend, sweep.sweep):
            _as_upkeep(trial, job)
        trial.work()
        trial.clock.advance(1_000)
        switch = trial.ledger.switch(kill_switch.KILL)
        verified_ms = None if switch is None else switch.verified_ms
        if verified_ms is not None:
            break
    assert verified_ms is not None
    assert open_orders(trial) == []
    assert trial.venue.calls["place"] == sent, "something was sent after the switch was on"
    live = [intent.idempotency_key for intent in trial.ledger.live("main")]
    assert live == []
    queued = trial.ledger.intent("main", "queued")
    assert queued is not None
    assert queued.status is OrderStatus.DENIED
    whole = trial.ledger.exposures("main")[0]
    assert (whole.reserved_buy, whole.reserved_sell) == (ZERO, ZERO)
    assert whole.open_orders == 0


def _as_upkeep(trial: Trial, job: Callable[[Desk], object]) -> None:
    try:
        job(trial.desk)
    except (NotYet, ExchangeUnreachable, StoreUnavailable, LedgerUnavailable):
        return
