"""Don't know: found → adopted; absent → proven by three whole rounds past the fence, or never."""

from decimal import Decimal

from orderdesk.core.events import EventKind
from orderdesk.core.fence import GATEWAY_SKEW_MS, VISIBILITY_LAG_MS
from orderdesk.core.intents import AttemptState
from orderdesk.core.orders import OrderStatus
from tests.flows.trial import WINDOW_MS, Trial

FENCE_MS = WINDOW_MS + GATEWAY_SKEW_MS
PROOF_MS = FENCE_MS + VISIBILITY_LAG_MS


def test_unknown_when_the_order_is_there_then_it_is_adopted_and_its_owner_woken(
    trial: Trial,
) -> None:
    """An order found by client id is ours; the producer's result is answered."""
    trial.venue.lose_answers = 1
    trial.place(trial.order())
    trial.run(2_000)
    intent = trial.stands()
    assert intent.status is OrderStatus.NEW
    assert intent.order_id == trial.venue.orders[0].order_id
    assert intent.task_id in trial.queue.results
    assert trial.venue.calls["place"] == 1


def test_unknown_when_it_shows_late_then_it_is_adopted_and_never_resent(trial: Trial) -> None:
    """-2013 for nearly the whole visibility lag proves nothing."""
    trial.venue.lose_answers = 1
    trial.venue.visible_from_ms = trial.venue.clock_ms() + VISIBILITY_LAG_MS - 1_000
    trial.place(trial.order(valid_for_ms=600_000))
    trial.run(PROOF_MS + 5_000)
    assert trial.stands().status is OrderStatus.NEW
    assert trial.venue.calls["place"] == 1


def test_unknown_when_it_never_landed_then_it_is_proven_and_placed_again_once(
    trial: Trial,
) -> None:
    """Three whole absences, the last past fence + L; then one more attempt, same client id."""
    # Given bytes that never arrive
    trial.venue.hold_back = 1
    trial.place(trial.order(valid_for_ms=600_000))
    # When
    trial.run(PROOF_MS + 8_000)
    # Then
    intent = trial.stands()
    assert intent.status is OrderStatus.NEW
    assert intent.attempts == 2
    attempts = trial.ledger.story(intent.id).attempts
    assert [attempt.state for attempt in attempts] == [
        AttemptState.NOT_PLACED,
        AttemptState.ACCEPTED,
    ]
    window = attempts[0].window
    assert len(attempts[0].absences_ms) >= 3
    assert attempts[0].absences_ms[-1] > window.proof_ms
    assert attempts[1].window.stamp_ms > window.proof_ms
    # And what is on the wire comes too late to be let in
    assert trial.venue.land() == []


def test_unknown_when_it_lands_at_the_last_moment_then_it_is_found_not_doubled(
    trial: Trial,
) -> None:
    """Bytes that arrive at T + W − 1 ms are let in, and found."""
    trial.venue.hold_back = 1
    trial.place(trial.order(valid_for_ms=600_000))
    stamp_ms = trial.stands().sent_ms
    assert stamp_ms is not None
    trial.clock.advance(stamp_ms + WINDOW_MS - 1 - trial.venue.clock_ms())
    assert len(trial.venue.land()) == 1
    trial.run(PROOF_MS + 5_000)
    assert trial.stands().status is OrderStatus.NEW
    assert len(trial.venue.orders) == 1


def test_unknown_when_the_deadline_passed_meanwhile_then_expired_unsent(trial: Trial) -> None:
    """Proven absent, and too old for another attempt: it ends, with the reason."""
    trial.venue.hold_back = 1
    trial.place(trial.order(valid_for_ms=10_000))
    trial.run(PROOF_MS + 8_000)
    intent = trial.stands()
    assert intent.status is OrderStatus.EXPIRED_UNSENT
    assert intent.reserved_notional == 0
    assert intent.task_id in trial.queue.results


def test_unknown_when_the_venue_is_silent_then_it_stays_unknown_and_is_alarmed(
    trial: Trial,
) -> None:
    """A question that fails is no answer, however often; a person hears of it."""
    trial.venue.hold_back = 1
    trial.place(trial.order(valid_for_ms=600_000))
    trial.venue.silent_questions = 10_000
    trial.run(3 * PROOF_MS)
    assert trial.stands().status is OrderStatus.UNKNOWN
    assert EventKind.UNKNOWN_TOO_LONG in trial.kinds()
    assert EventKind.ORDER_ABSENT not in trial.kinds()


def test_unknown_when_it_counts_then_its_exposure_stays_reserved(trial: Trial) -> None:
    """UNKNOWN counts as exposure until it is resolved."""
    trial.venue.hold_back = 1
    intent = trial.place(trial.order())
    assert intent.reserved_notional == Decimal(50)


def test_found_when_it_is_not_what_we_sent_then_a_person_decides(trial: Trial) -> None:
    """An order under our id with another side or size is not adopted."""
    # Given somebody else's order under our client id
    trial.venue.hold_back = 1
    intent = trial.place(trial.order())
    other = Trial(clock=trial.clock)
    other.venue = trial.venue
    other.place(other.order(price="51000"))
    # When
    trial.run(2_000)
    # Then
    quarantined = trial.stands()
    assert quarantined.status is OrderStatus.QUARANTINED
    assert quarantined.reserved_notional == intent.reserved_notional
    assert "price" in str(quarantined.reason)


def test_crashed_worker_when_the_attempt_was_written_then_the_sweep_resolves_it(
    trial: Trial,
) -> None:
    """An attempt whose owner died is taken over after its window, never resent before."""
    # Given an attempt that is written, and nobody to send it
    dead = trial.order(valid_for_ms=600_000)
    trial.venue.next_answers = []
    trial.time.measure()
    _write_attempt(trial, dead.idempotency_key)
    # When
    trial.run(PROOF_MS + 10_000)
    # Then
    intent = trial.stands()
    assert intent.status is OrderStatus.NEW
    assert intent.attempts == 2


def _write_attempt(trial: Trial, key: str) -> None:
    """Do what a worker does before its bytes, and die."""

    class Dead(Exception):
        pass

    class Grave:
        def __getattr__(self, name: str) -> object:
            return getattr(trial.memory, name)

        def note_attempt(self, _attempt_id: int) -> None:
            raise Dead

    alive = trial.desk.memory
    object.__setattr__(trial.desk, "memory", Grave())
    try:
        trial.place(trial.order(key, valid_for_ms=600_000))
    except Dead:
        object.__setattr__(trial.desk, "memory", alive)
    assert trial.stands(key).status is OrderStatus.SENDING
