"""What happens next to work that broke is asked of the error, and of nobody else."""

from typing import Any

import pytest

from orderdesk.core.backoff import CAP_MS, MAX_RETRIES
from orderdesk.core.intents import DeadLetter
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import (
    ClockUncertain,
    DeskError,
    DeskHalted,
    ExchangeDenied,
    ExchangeRefused,
    ExchangeUnreachable,
    IntentConflict,
    InvalidOrder,
    LedgerUnavailable,
    NotInTime,
    NotYet,
    OutcomeUnknown,
    StoreUnavailable,
    UnknownOrder,
)
from orderdesk.flows import fate
from tests.flows.stepping import Fault, Stepper
from tests.flows.trial import Trial

TRANSIENT = [ExchangeUnreachable, LedgerUnavailable, StoreUnavailable, ClockUncertain]
HOPELESS = [
    InvalidOrder,
    IntentConflict,
    OutcomeUnknown,
    NotInTime,
    ExchangeRefused,
    ExchangeDenied,
    UnknownOrder,
    DeskHalted,
]


@pytest.mark.parametrize("kind", TRANSIENT)
def test_wait_when_trouble_may_pass_then_it_is_tried_again_but_not_for_ever(
    kind: type[DeskError],
) -> None:
    """Exponential with full jitter: each wait is drawn below a ceiling that doubles."""
    for broken in range(MAX_RETRIES):
        waits = [fate.wait_ms(kind("away"), broken, MAX_RETRIES) for _ in range(50)]
        assert all(wait is not None and 0 <= wait <= 1_000 << broken for wait in waits)
        assert len(set(waits)) > 1
    assert fate.wait_ms(kind("away"), MAX_RETRIES, MAX_RETRIES) is None


@pytest.mark.parametrize("kind", HOPELESS)
def test_wait_when_it_will_not_get_better_then_it_is_buried_at_once(
    kind: type[DeskError],
) -> None:
    """A no, a conflict, a wrong ledger: running it again only repeats it."""
    assert fate.wait_ms(kind("no"), 0, MAX_RETRIES) is None


def test_wait_when_it_is_no_error_of_ours_then_it_is_buried_at_once() -> None:
    """A bug is not cured by waiting."""
    assert fate.wait_ms(ZeroDivisionError(), 0, MAX_RETRIES) is None


def test_wait_when_the_other_side_names_a_time_then_it_wins_over_the_dice() -> None:
    """Retry-After is an order, the backoff only a guess."""
    assert fate.wait_ms(ExchangeUnreachable("429", 7_000), 0, MAX_RETRIES) == 7_000


def test_wait_when_it_is_only_early_then_it_costs_no_retry() -> None:
    """Waiting in line is not trouble, however often."""
    assert fate.wait_ms(NotYet("no slot", 1_500), 1_000, MAX_RETRIES) == 1_500


@pytest.mark.parametrize("error", [ExchangeUnreachable("418", 3_600_000), NotYet("x", 3_600_000)])
def test_wait_when_it_would_be_very_long_then_it_stays_below_the_redelivery(
    error: DeskError,
) -> None:
    """A countdown beyond the visibility timeout would be delivered twice."""
    assert fate.wait_ms(error, 0, MAX_RETRIES) == fate.LONGEST_WAIT_MS == CAP_MS


def test_heed_when_the_venue_asks_for_a_pause_then_everybody_gets_it(trial: Trial) -> None:
    """One worker's 429 is the whole desk's."""
    fate.heed(trial.desk, ExchangeUnreachable("429", 30_000), {"account": "main"})
    left = trial.throttle.pause_left("main")
    assert left is not None
    assert left[0] == 30_000


@pytest.mark.parametrize("away", ["throttle", "ledger"])
def test_heed_when_nobody_can_be_told_then_the_work_meets_its_fate_all_the_same(
    trial: Trial, away: str
) -> None:
    """A second trouble must not turn the first one into a failure."""
    calls = 0 if away == "throttle" else 1
    worker = Stepper(trial.desk, lambda desk: fate.heed(desk, ExchangeUnreachable("x", 1_000), {}))
    assert worker.go(calls, Fault.NOT_DONE)


def test_letter_when_written_then_it_says_what_a_person_needs(trial: Trial) -> None:
    """Work, reason, arguments, attempts, trace."""
    fields = trial.order().wire()
    letter = _letter(_raised(ExchangeRefused("symbol is off", "10007")), fields, attempts=4)
    assert (letter.task, letter.task_id, letter.arguments) == ("place_order", "t-1", fields)
    assert (letter.reason, letter.message, letter.attempts) == (
        "ExchangeRefused",
        "symbol is off",
        4,
    )
    assert (letter.order, letter.account) == ("k-1", "main")
    assert "in _raised" in letter.trace


def test_letter_when_a_secret_was_at_hand_then_it_is_not_in_it(trial: Trial) -> None:
    """The trace shows where it broke, and no values of that place."""
    letter = _letter(_raised(DeskError("broken")), trial.order().wire())
    assert "in _raised" in letter.trace
    assert "hunter2" not in repr(letter)


def test_letter_when_the_trace_is_endless_then_its_end_is_kept() -> None:
    """The last lines say what broke."""
    letter = _letter(_raised(DeskError("x" * 20_000 + "the end")), {})
    assert len(letter.trace) == fate.TRACE_CHARACTERS
    assert letter.trace.rstrip().endswith("the end")


def test_bury_when_trouble_lasts_then_the_order_goes_on_until_its_deadline(
    trial: Trial,
) -> None:
    """The sweep goes on with it; there is nothing to bury yet."""
    kept = trial.keep_waiting(trial.order())
    assert _bury(trial, StoreUnavailable("away")) == kept
    assert trial.ledger.dead_letters() == []


def test_bury_when_the_order_has_no_row_yet_then_no_end_is_told(trial: Trial) -> None:
    """The intake keeps it and will bring it again; a FAILURE now would be a lie."""
    with pytest.raises(LedgerUnavailable, match="intake"):
        _bury(trial, LedgerUnavailable("away"))
    assert trial.ledger.dead_letters() == []


def test_bury_when_it_is_too_late_then_order_and_letter_end_together(trial: Trial) -> None:
    """Provably never placed, and a person can replay it."""
    trial.keep_waiting(trial.order())
    ended = _bury(trial, NotInTime("not placed within its time"))
    assert ended is not None
    assert (ended.status, ended.reason) == (
        OrderStatus.EXPIRED_UNSENT,
        "NotInTime: not placed within its time",
    )
    assert len(trial.ledger.dead_letters()) == 1


def test_bury_when_the_command_was_wrong_then_the_order_of_that_key_is_left_alone(
    trial: Trial,
) -> None:
    """A conflicting call ends itself, not the order that has the key."""
    first = trial.keep_waiting(trial.order())
    assert _bury(trial, IntentConflict("other order")) is None
    assert trial.stands() == first
    assert [letter.reason for letter in trial.ledger.dead_letters()] == ["IntentConflict"]


def test_bury_when_the_ledger_is_away_then_the_letter_waits_in_its_queue(trial: Trial) -> None:
    """And is booked, as it was, when the ledger is back."""
    # Given a ledger that fails, and fails again
    letter = _letter(
        _raised(UnknownOrder("no order", "k-9")), {"order": "k-9"}, task="cancel_order"
    )
    worker = Stepper(trial.desk, lambda desk: _ignoring(desk, letter))
    worker.go(0, Fault.NOT_DONE)
    (message,) = trial.queue.published
    # When
    booked = Stepper(trial.desk, lambda desk: _book(desk, message.fields))
    booked.go(0, Fault.NOT_DONE)
    before = trial.ledger.dead_letters()
    fate.book(trial.desk, message.fields)
    # Then
    assert (message.task, before) == ("bury", [])
    (kept,) = trial.ledger.dead_letters()
    for name in ("task", "task_id", "arguments", "reason", "message", "attempts", "trace"):
        assert getattr(kept, name) == getattr(letter, name)


def test_bury_when_redis_is_away_too_then_no_end_is_told(trial: Trial) -> None:
    """Nothing can be written anywhere: the work is neither done nor failed."""
    letter = _letter(_raised(NotInTime("late")), trial.order().wire())
    trial.queue.failure = StoreUnavailable("away")
    Stepper(trial.desk, lambda desk: _ignoring(desk, letter)).go(0, Fault.NOT_DONE)
    assert trial.queue.published == []


def test_order_when_its_key_is_refused_by_the_venue_then_it_ends_and_can_be_replayed(
    trial: Trial,
) -> None:
    """Work that a person must look at is written down with its order, not without."""
    # Given market rules that cannot be read with this key
    trial.markets.failure = ExchangeDenied("10072", "10072")
    trial.queue.publish("place_order", trial.order().wire(), task_id=trial.order().task_id)
    # When
    trial.work()
    # Then
    intent = trial.stands()
    assert (intent.status, intent.reason) == (OrderStatus.EXPIRED_UNSENT, "ExchangeDenied: 10072")
    assert intent.task_id in trial.queue.results
    assert [letter.order for letter in trial.ledger.dead_letters()] == ["k-1"]


@pytest.mark.parametrize("fields", [{}, {"raw": "AAAA", "queue": "placing", "size": 3}])
def test_book_when_hardly_anything_is_known_then_it_is_a_letter_all_the_same(
    trial: Trial, fields: dict[str, Any]
) -> None:
    """A message that nobody could read is kept as it came."""
    kept = fate.book(trial.desk, fields)
    assert (kept.task, kept.task_id, kept.arguments) == (fate.UNREADABLE, "", {})
    assert ("AAAA" in kept.message) is bool(fields)


def _raised(error: Exception) -> Exception:
    password = "hunter2"
    try:
        assert password
        raise error
    except DeskError as caught:
        return caught


def _letter(
    error: Exception, fields: dict[str, Any], *, task: str = "place_order", attempts: int = 1
) -> DeadLetter:
    return fate.letter(error, task=task, task_id="t-1", fields=fields, attempts=attempts)


def _bury(trial: Trial, error: DeskError) -> Any:
    return fate.bury(trial.desk, error, _letter(error, trial.order().wire()))


def _ignoring(desk: Any, letter: DeadLetter) -> None:
    with pytest.raises(LedgerUnavailable):
        fate.bury(desk, UnknownOrder("no order"), letter)


def _book(desk: Any, fields: Any) -> None:
    with pytest.raises(NotYet):
        fate.book(desk, fields)
