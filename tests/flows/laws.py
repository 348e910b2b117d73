"""The promise as assertions over a trial, to be held after every step; no test lives here."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from orderdesk.core.answers import ExchangeOrder, Fill
from orderdesk.core.intents import Attempt, AttemptState, Intent
from orderdesk.core.orders import IN_DOUBT, NEXT, ON_EXCHANGE, Move, OrderStatus, judge_move
from orderdesk.flows import kill_switch
from tests.flows.crew import Crew
from tests.flows.trial import Trial
from tests.flows.unruly import UnrulyVenue

SKEW_MS, LAG_MS = 1_000, 20_000
"""d and L of the design; written here once more, so that a slip in the code is no slip here."""

NEVER_SENT = (OrderStatus.DENIED, OrderStatus.EXPIRED_UNSENT, OrderStatus.REJECTED)


def intents(trial: Trial) -> list[Intent]:
    """Every intent of the ledger."""
    return list(trial.ledger.intents_since("main", "BTCUSDT", 0))


def hold(crew: Crew) -> None:
    """Hold every law that holds at every moment."""
    trial = crew.trial
    for intent in intents(trial):
        attempts = trial.ledger.story(intent.id).attempts
        orders = trial.venue.of(intent.client_order_id)
        one_order_at_most(intent, orders)
        one_open_attempt_at_most(attempts)
        absence_is_proven(attempts, orders)
        no_resend_before_the_proof(attempts)
        what_is_there_is_known(intent, orders)
        acceptance_is_real(intent, attempts, orders)
        exposure_is_reserved(intent)
    every_order_has_its_intent(trial)
    nothing_is_sent_unwritten(trial)
    no_fill_is_lost(crew)
    a_verified_kill_is_over(trial)
    moves_are_in_the_table(crew)
    failures_are_ends(crew)


def one_order_at_most(intent: Intent, orders: Sequence[ExchangeOrder]) -> None:
    """One intent, at most one order on the exchange."""
    assert len(orders) <= 1, f"{intent.idempotency_key} is {len(orders)} times on the exchange"


def one_open_attempt_at_most(attempts: Sequence[Attempt]) -> None:
    """Two attempts of one intent are never open together."""
    assert sum(attempt.state is AttemptState.OPEN for attempt in attempts) <= 1


def absence_is_proven(attempts: Sequence[Attempt], orders: Sequence[ExchangeOrder]) -> None:
    """UNKNOWN ends only by evidence, or by a person's word: absence was asked for long enough."""
    for attempt in attempts:
        if attempt.state is AttemptState.NOT_PLACED and not _by_person(attempt):
            fence_ms = attempt.window.stamp_ms + attempt.window.window_ms + SKEW_MS
            asked_ms = [asked for asked in attempt.absences_ms if asked > fence_ms]
            assert len(asked_ms) >= 3, attempt
            assert max(asked_ms) > fence_ms + LAG_MS, attempt
    may_be_there = (AttemptState.OPEN, AttemptState.ACCEPTED)
    left = [attempt for attempt in attempts if attempt.state in may_be_there]
    assert len(orders) <= len(left), f"closed, and there all the same: {orders} {attempts}"


def no_resend_before_the_proof(attempts: Sequence[Attempt]) -> None:
    """After an attempt without an answer the next one is stamped past its fence + L."""
    for first, second in pairwise(attempts):
        if first.state is AttemptState.NOT_PLACED and not _by_person(first):
            fence_ms = first.window.stamp_ms + first.window.window_ms + SKEW_MS
            early_ms = fence_ms + LAG_MS - second.window.stamp_ms
            assert early_ms < 0, f"sent again {early_ms} ms before it was proven: {attempts}"


def _by_person(attempt: Attempt) -> bool:
    return str(attempt.answer).startswith("a person")


def what_is_there_is_known(intent: Intent, orders: Sequence[ExchangeOrder]) -> None:
    """What is on the exchange never ends as unsent, rejected or denied."""
    if orders:
        assert intent.status not in NEVER_SENT, intent
        unsent = intent.status is OrderStatus.CANCELED and intent.order_id is None
        assert not unsent, intent


def acceptance_is_real(
    intent: Intent, attempts: Sequence[Attempt], orders: Sequence[ExchangeOrder]
) -> None:
    """Nobody believes in an order that is not there."""
    accepted = any(attempt.state is AttemptState.ACCEPTED for attempt in attempts)
    if intent.order_id is not None or accepted:
        assert [order.order_id for order in orders] == [intent.order_id], intent
    if intent.status in ON_EXCHANGE:
        assert intent.order_id is not None


def exposure_is_reserved(intent: Intent) -> None:
    """What is, or may be, on the exchange is reserved for; what has ended with its fills is not."""
    if intent.status in IN_DOUBT | ON_EXCHANGE or not intent.fills_complete:
        assert intent.reserved_notional > 0, intent
    else:
        assert intent.reserved_notional == 0, intent


def every_order_has_its_intent(trial: Trial) -> None:
    """Nothing is on the exchange that the ledger does not know."""
    for order in trial.venue.orders:
        assert trial.ledger.find("main", str(order.client_order_id)) is not None, order


def nothing_is_sent_unwritten(trial: Trial) -> None:
    """No bytes without an attempt of their own that has exactly their stamp, so none is newer.

    Two attempts may have one stamp: the second opens in the very ms of the first one's no.
    """
    sent = trial.venue.sent if isinstance(trial.venue, UnrulyVenue) else []
    for name in {name for name, _ in sent}:
        intent = trial.ledger.find("main", name)
        assert intent is not None, f"{name} was sent, and nobody wrote it down"
        written = Counter(a.window.stamp_ms for a in trial.ledger.story(intent.id).attempts)
        stamps = Counter(stamp_ms for other, stamp_ms in sent if other == name)
        assert stamps <= written, f"{name} was sent with {stamps - written}, written {written}"


def no_fill_is_lost(crew: Crew) -> None:
    """What was booked once stays booked, whatever state its order is in and comes to."""
    booked = {fill.trade_id for i in intents(crew.trial) for fill in _fills(crew.trial, i)}
    assert crew.booked <= booked, f"fills that were booked are gone: {crew.booked - booked}"
    crew.booked = booked


def _fills(trial: Trial, intent: Intent) -> Sequence[Fill]:
    return trial.ledger.fills_of([intent.id]).get(intent.id, ())


def a_verified_kill_is_over(trial: Trial) -> None:
    """Once a kill is verified nothing of ours is open, and nothing can land any more."""
    switch = trial.ledger.switch(kill_switch.KILL)
    if switch is None or not switch.engaged or switch.verified_ms is None:
        return
    left = [order for order in trial.venue.orders if order.status in ON_EXCHANGE]
    assert not left, f"the kill is verified, and open is {left}"
    may_land_ms = trial.venue.left_ms() if isinstance(trial.venue, UnrulyVenue) else 0
    assert not may_land_ms, f"the kill is verified, and for {may_land_ms} ms an order may land"


def moves_are_in_the_table(crew: Crew) -> None:
    """Every change of state is one of the table's, or late evidence from the exchange.

    Coming back to RECEIVED is told by what follows: the next attempt, or an end.
    """
    events = crew.trial.events
    for event in events[crew.heard :]:
        if "status" not in event.data:
            continue
        now = crew.states.get(event.order, OrderStatus.RECEIVED)
        then = crew.states[event.order] = OrderStatus(str(event.data["status"]))
        again = NEXT[OrderStatus.RECEIVED] if OrderStatus.RECEIVED in NEXT[now] else frozenset()
        known = then in NEXT[now] | again or judge_move(now, then) in (Move.SAME, Move.LATE)
        assert known, f"{event.order} went from {now} to {then}: {event}"
    crew.heard = len(events)


def failures_are_ends(crew: Crew) -> None:
    """FAILURE is stored only for what has ended, or stands before a person."""
    by_task = {intent.task_id: intent for intent in intents(crew.trial)}
    for task_id, error in crew.failures.items():
        if task_id in by_task:
            intent = by_task[task_id]
            ended = intent.ended or intent.status is OrderStatus.QUARANTINED
            assert ended, f"FAILURE ({error!r}) for {intent}"


def hold_at_rest(crew: Crew, keys: set[str]) -> None:
    """Hold what must be true once everything was quiet for long enough."""
    trial = crew.trial
    assert {intent.idempotency_key for intent in intents(trial)} >= keys, "an intent was lost"
    for intent in intents(trial):
        assert intent.ended or intent.status in ON_EXCHANGE, f"never came to rest: {intent}"
        assert intent.answerable, intent
        answered = intent.task_id in trial.queue.results or intent.task_id in crew.failures
        assert answered, f"nobody answered {intent}"
        books_agree(trial, intent)


def rests(crew: Crew, keys: set[str]) -> bool:
    """Tell whether there is nothing left to do for anybody."""
    all_intents = intents(crew.trial)
    at_rest = all(intent.ended or intent.status in ON_EXCHANGE for intent in all_intents)
    # One that a person answered has a result from before; what it waits for now is not over.
    results = crew.trial.queue.results
    answered = all(intent.answerable and intent.task_id in results for intent in all_intents)
    there = keys <= {intent.idempotency_key for intent in all_intents}
    paused = crew.trial.throttle.pause_left("main") is not None
    # Before that some view may still show nothing of it (A3), and nobody can have booked its end.
    shown_by_ms = max((order.created_ms for order in crew.trial.venue.orders), default=0) + LAG_MS
    shown = crew.trial.venue.clock_ms() > shown_by_ms
    return there and at_rest and answered and shown and not crew.waiting and not paused


def books_agree(trial: Trial, intent: Intent) -> None:
    """What the venue did for an intent is what the ledger has of it, each fill once."""
    orders = trial.venue.of(intent.client_order_id)
    shown = [fill.trade_id for fill in trial.venue.fills if fill.order_id == intent.order_id]
    booked = [fill.trade_id for fill in trial.ledger.story(intent.id).fills]
    assert sorted(booked) == sorted(shown), intent
    for order in orders:
        assert intent.status is order.status, (intent, order)
        assert intent.executed_quantity == order.executed_quantity, (intent, order)
        assert intent.executed_quote == order.executed_quote, (intent, order)
