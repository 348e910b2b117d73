"""Placing: one intent, at most one order, and every no with its reason."""

import pytest

from orderdesk.core.answers import Refused, Unclear, Unsent, Why
from orderdesk.core.events import EventKind
from orderdesk.core.intents import Doubt
from orderdesk.core.orders import OrderStatus
from orderdesk.errors import ExchangeUnreachable, IntentConflict, StoreUnavailable, Transient
from orderdesk.flows import kill_switch, look
from tests.flows.trial import WINDOW_MS, Trial


def test_place_when_the_venue_says_yes_then_new_after_one_request(trial: Trial) -> None:
    """A yes makes the intent NEW; the POST went out once."""
    intent = trial.place(trial.order())
    assert intent.status is OrderStatus.NEW
    assert intent.answerable
    assert trial.venue.calls["place"] == 1


def test_place_when_delivered_twice_then_the_second_resumes_and_never_resends(
    trial: Trial,
) -> None:
    """A redelivered message finds the known intent."""
    first = trial.place(trial.order())
    again = trial.place(trial.order())
    assert again == first
    assert trial.venue.calls["place"] == 1


def test_place_when_the_key_names_another_order_then_conflict(trial: Trial) -> None:
    """Same key, other parameters: nothing is merged and nothing is sent."""
    trial.place(trial.order())
    with pytest.raises(IntentConflict):
        trial.place(trial.order(price="50001"))
    assert trial.venue.calls["place"] == 1


def test_place_when_the_answer_is_lost_then_unknown_and_somebody_is_asked_to_resolve(
    trial: Trial,
) -> None:
    """Don't know is a state: not an error, not a retry."""
    trial.venue.lose_answers = 1
    intent = trial.place(trial.order())
    assert intent.status is OrderStatus.UNKNOWN
    assert not intent.answerable
    assert [message.task for message in trial.queue.published] == ["resolve_order"]


def test_place_when_unknown_and_delivered_again_then_it_is_left_alone(trial: Trial) -> None:
    """A duplicate beside an unknown outcome sends nothing."""
    trial.venue.lose_answers = 1
    trial.place(trial.order())
    assert trial.place(trial.order()).status is OrderStatus.UNKNOWN
    assert trial.venue.calls["place"] == 1


def test_place_when_the_venue_refuses_the_order_then_rejected_with_its_code(
    trial: Trial,
) -> None:
    """A no of the exchange is a result."""
    trial.venue.next_answers = [Refused(Why.REJECT, "30004", "Insufficient position")]
    intent = trial.place(trial.order())
    assert (intent.status, intent.code) == (OrderStatus.REJECTED, "30004")
    assert intent.reserved_notional == 0


@pytest.mark.parametrize(
    "answer",
    [
        Refused(Why.CLOCK, "700003", "outside of recvWindow"),
        Refused(Why.RATE, "429", "Too many requests", 2_000),
        Unsent("no connection"),
    ],
    ids=["clock", "rate", "unsent"],
)
def test_place_when_only_this_attempt_failed_then_another_may_follow_with_the_same_id(
    trial: Trial, answer: Refused | Unsent
) -> None:
    """A no to one attempt is retried under the same client order id."""
    # Given
    trial.venue.next_answers = [answer]
    with pytest.raises(Transient):
        trial.place(trial.order())
    before = trial.stands()
    assert before.status is OrderStatus.RECEIVED
    # When
    trial.clock.advance(2_000)
    after = trial.place(trial.order())
    # Then
    assert after.status is OrderStatus.NEW
    assert after.attempts == 2
    assert after.client_order_id == before.client_order_id


def test_place_when_429_is_unclear_then_everybody_pauses(trial: Trial) -> None:
    """A 429 that is not MEXC's own says nothing of the order, and stops the sending."""
    trial.venue.next_answers = [Unclear("HTTP 429 without a usable answer", 60_000)]
    assert trial.place(trial.order()).status is OrderStatus.UNKNOWN
    left = trial.throttle.pause_left("main")
    assert left is not None
    assert left[0] > 50_000


def test_place_when_the_notional_is_above_the_limit_then_denied_and_nothing_is_sent(
    trial: Trial,
) -> None:
    """A no of the desk names rule, figure and limit."""
    intent = trial.place(trial.order(quantity="1"))
    assert (intent.status, intent.code) == (OrderStatus.DENIED, "RISK_MAX_NOTIONAL")
    assert "1000" in str(intent.reason)
    assert trial.venue.calls["place"] == 0


def test_place_when_the_symbol_is_unknown_then_denied(trial: Trial) -> None:
    """A symbol the venue does not list is refused by name."""
    assert trial.place(trial.order(symbol="NOPEUSDT")).code == "SYMBOL"


def test_place_when_the_account_is_not_ours_then_denied(trial: Trial) -> None:
    """An alias the desk does not bind is refused by name."""
    assert trial.place(trial.order(account="other")).code == "ACCOUNT"


def test_place_when_the_deadline_has_passed_then_expired_unsent(trial: Trial) -> None:
    """An order too old is not sent: no attempt with T + W beyond the deadline."""
    intent = trial.place(trial.order(valid_for_ms=WINDOW_MS - 200))
    assert intent.status is OrderStatus.EXPIRED_UNSENT
    assert trial.venue.calls["place"] == 0


def test_place_when_the_kill_switch_is_on_then_denied_with_its_reason(trial: Trial) -> None:
    """From the commit of engage on, no attempt opens."""
    kill_switch.engage(trial.desk, reason="drill", by="a person")
    intent = trial.place(trial.order())
    assert (intent.status, intent.code, intent.reason) == (
        OrderStatus.DENIED,
        "KILL_SWITCH",
        "drill",
    )
    kill_switch.release(trial.desk, reason="done", by="a person")
    assert trial.place(trial.order("k-2")).status is OrderStatus.NEW


def test_place_when_redis_cannot_remember_the_attempt_then_nothing_is_sent(
    trial: Trial,
) -> None:
    """What Redis could not remember closes as unsent; the next attempt may follow."""
    # Given Redis that fails between the throttle and the bytes
    trial.time.measure()
    trial.memory.failure = StoreUnavailable("away")
    # When
    with pytest.raises(StoreUnavailable):
        trial.place(trial.order())
    # Then
    assert trial.stands().status is OrderStatus.RECEIVED
    assert trial.venue.calls["place"] == 0


def test_place_when_the_throttle_is_away_then_nothing_is_sent(trial: Trial) -> None:
    """Without the throttle no request leaves."""
    trial.throttle.failure = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        trial.place(trial.order())
    assert trial.venue.calls["place"] == 0


def test_place_when_in_doubt_and_already_there_then_it_is_adopted_not_sent(
    trial: Trial,
) -> None:
    """After any doubt: look before sending."""
    # Given an order sent by a ledger that has been lost
    forgotten = Trial(clock=trial.clock)
    forgotten.venue = trial.venue
    forgotten.place(forgotten.order())
    trial.venue.calls.clear()
    now_ms = trial.time.now_ms()
    trial.ledger.begin_doubt(Doubt(now_ms, now_ms + 1_000_000, look.FIRST_START))
    # When
    intent = trial.place(trial.order())
    # Then
    assert intent.status is OrderStatus.NEW
    assert trial.venue.calls["place"] == 0
    assert len(trial.venue.orders) == 1


def test_place_when_in_doubt_and_the_venue_is_silent_then_nothing_is_sent(
    trial: Trial,
) -> None:
    """A look that got no answer is no permission."""
    trial.time.measure()
    now_ms = trial.time.now_ms()
    trial.ledger.begin_doubt(Doubt(now_ms, now_ms + 1_000_000, look.REDIS_EMPTY))
    trial.venue.silent_questions = 1
    with pytest.raises(ExchangeUnreachable):
        trial.place(trial.order())
    assert trial.venue.calls["place"] == 0


def test_place_when_in_doubt_but_the_key_is_younger_then_no_question_is_asked(
    trial: Trial,
) -> None:
    """A key minted inside the call after the doubt began cannot have been sent before."""
    trial.time.measure()
    now_ms = trial.time.now_ms()
    trial.ledger.begin_doubt(Doubt(now_ms, now_ms + 1_000_000, look.FIRST_START))
    command = trial.order(key_minted=True, intake_entry=f"{now_ms + 1}-0")
    assert trial.place(command).status is OrderStatus.NEW
    assert trial.venue.calls["order"] == 0


def test_place_when_a_worker_sleeps_past_half_the_window_then_it_does_not_send(
    trial: Trial,
) -> None:
    """Bytes leave by T + W/2 or not at all; the attempt closes as unsent."""
    # Given a worker that is frozen between writing the attempt and sending it
    remember = trial.memory.note_attempt

    class Frozen:
        def __getattr__(self, name: str) -> object:
            return getattr(trial.memory, name)

        def note_attempt(self, attempt_id: int) -> None:
            remember(attempt_id)
            trial.clock.advance(WINDOW_MS // 2 + 200)

    object.__setattr__(trial.desk, "memory", Frozen())
    # When
    with pytest.raises(Transient):
        trial.place(trial.order())
    # Then
    assert trial.venue.calls["place"] == 0
    assert EventKind.ORDER_UNSENT in trial.kinds()
