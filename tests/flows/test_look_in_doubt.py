"""While a doubt stands, the desk looks before it sends."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderdesk.core.fence import VISIBILITY_LAG_MS
from orderdesk.core.intents import LEDGER_RESTORED
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.errors import ExchangeDenied, ExchangeUnreachable, NotYet
from orderdesk.flows import fate, identity, look
from orderdesk.flows.identity import DOUBT_MS
from tests.flows.doubting import SETTLED_MS, begin_doubt, doubt_of, placed_by_a_lost_ledger
from tests.flows.trial import Trial


def test_keyed_order_when_the_ledger_was_restored_then_it_waits_until_a_look_can_count(
    trial: Trial,
) -> None:
    """A forgotten order may show as late as fence + L after the loss: then it is adopted."""
    # Given an order of the lost ledger, not visible yet
    forgotten = placed_by_a_lost_ledger(trial)
    trial.venue.visible_from_ms = trial.venue.clock_ms() + VISIBILITY_LAG_MS - 1
    trial.memory.note_attempt(99)
    identity.confirm(trial.desk)
    # When
    waited_ms = 0
    while True:
        try:
            intent = trial.place(trial.order(valid_for_ms=600_000))
            break
        except NotYet:
            assert trial.stands().status is OrderStatus.RECEIVED
            trial.clock.advance(1_000)
            waited_ms += 1_000
    # Then
    assert waited_ms >= SETTLED_MS
    assert intent.order_id == forgotten.order_id
    assert len(trial.venue.orders) == 1


def test_minted_order_when_the_ledger_was_restored_then_it_does_not_wait(trial: Trial) -> None:
    """A key made after the loss cannot have been sent before it."""
    trial.memory.note_attempt(99)
    identity.confirm(trial.desk)
    trial.clock.advance(8_000)
    entry = f"{trial.intake.now_ms()}-0"
    assert trial.place(trial.order(key_minted=True, intake_entry=entry)).answerable


def test_restored_order_when_its_deadline_has_passed_then_it_is_looked_for_all_the_same(
    trial: Trial,
) -> None:
    """A row that only waited when the backup was made may have been sent since."""
    # Given
    trial.keep_waiting(trial.order())
    forgotten = placed_by_a_lost_ledger(trial)
    trial.clock.advance(3_600_000)
    trial.memory.note_attempt(99)
    # When
    trial.run(SETTLED_MS + 70_000, 1_000)
    # Then
    intent = trial.stands()
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, forgotten.order_id)


def test_restored_order_when_it_is_not_there_and_too_old_then_it_expires(trial: Trial) -> None:
    """Looked for when the look can count, and only then ended."""
    trial.keep_waiting(trial.order())
    trial.clock.advance(3_600_000)
    trial.memory.note_attempt(99)
    identity.confirm(trial.desk)
    since_ms = doubt_of(trial).since_ms
    trial.run(SETTLED_MS + 70_000, 1_000)
    intent = trial.stands()
    assert intent.status is OrderStatus.EXPIRED_UNSENT
    assert (intent.ended_ms or 0) > since_ms + SETTLED_MS
    assert trial.venue.calls["order"] == 1


def test_restored_order_when_our_rules_say_no_now_then_it_is_adopted_not_denied(
    trial: Trial,
) -> None:
    """A no of the desk is no answer to an order that may be there already."""
    forgotten = placed_by_a_lost_ledger(trial)
    begin_doubt(trial, look.REDIS_EMPTY)
    strict = replace(trial.desk.rules, risk=RiskLimits(None, Decimal(10)))
    trial.desk = replace(trial.desk, rules=strict)
    intent = trial.place(trial.order())
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, forgotten.order_id)


def test_restored_order_when_the_look_is_refused_then_it_is_buried_and_goes_on(
    trial: Trial,
) -> None:
    """A key that is refused tells nothing of the order: no end may be read out of it."""
    # Given an order that the backup does not know to be on the exchange
    forgotten = placed_by_a_lost_ledger(trial)
    trial.keep_waiting(trial.order())
    begin_doubt(trial, look.REDIS_EMPTY)
    dead = fate.letter(
        ExchangeDenied("no", "10072"),
        task="place_order",
        task_id=trial.stands().task_id,
        fields=trial.stands().command,
        attempts=1,
    )
    # When
    waiting = fate.bury(trial.desk, ExchangeDenied("no", "10072"), dead)
    # Then
    assert waiting is not None
    assert waiting.status is OrderStatus.RECEIVED
    assert len(trial.ledger.dead_letters()) == 1
    trial.clock.advance(20_000)
    trial.run(2_000)
    assert (trial.stands().status, trial.stands().order_id) == (OrderStatus.NEW, forgotten.order_id)


def test_restored_order_when_it_was_fitted_then_it_is_known_again(trial: Trial) -> None:
    """What waits is written down as asked for; what was sent was rounded to the market's steps."""
    asked = {"quantity": "0.0012345678", "price": "50000.007"}
    trial.keep_waiting(trial.order(**asked))
    forgotten = placed_by_a_lost_ledger(trial, **asked)
    begin_doubt(trial, look.REDIS_EMPTY)
    intent = trial.place(trial.order(**asked))
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, forgotten.order_id)


def test_restored_order_when_it_was_unknown_then_its_old_window_proves_nothing(
    trial: Trial,
) -> None:
    """The backup knows one attempt; the lost ledger may have made another since."""
    # Given an attempt long past its fence, and a later one that is forgotten and not visible yet
    trial.venue.hold_back = 1
    trial.place(trial.order())
    trial.clock.advance(50_000)
    forgotten = placed_by_a_lost_ledger(trial)
    trial.venue.visible_from_ms = trial.venue.clock_ms() + VISIBILITY_LAG_MS - 1
    trial.memory.note_attempt(99)
    # When
    trial.run(SETTLED_MS + 70_000, 1_000)
    # Then
    intent = trial.stands()
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, forgotten.order_id)


def test_unknown_symbol_when_in_doubt_then_it_is_denied_and_nobody_is_asked(
    trial: Trial,
) -> None:
    """There is nothing to look for where there is no such symbol."""
    begin_doubt(trial, look.REDIS_EMPTY)
    assert trial.place(trial.order(symbol="NOPEUSDT")).code == "SYMBOL"
    assert trial.venue.calls["order"] == 0


def test_look_when_the_doubt_is_over_then_no_question_is_asked(trial: Trial) -> None:
    """After 7 days the exchange answers no question about orders of before."""
    begin_doubt(trial, look.REDIS_EMPTY)
    trial.clock.advance(DOUBT_MS + 1)
    assert trial.place(trial.order()).answerable
    assert trial.venue.calls["order"] == 0


def test_look_when_the_venue_is_silent_then_the_order_waits_and_is_known(trial: Trial) -> None:
    """No answer is no permission; the intent is written down, and the sweep goes on with it."""
    trial.time.measure()
    begin_doubt(trial, look.REDIS_EMPTY)
    trial.venue.silent_questions = 1
    with pytest.raises(ExchangeUnreachable):
        trial.place(trial.order())
    assert trial.stands().status is OrderStatus.RECEIVED


def test_restored_order_when_its_cancel_comes_before_the_look_then_it_is_found_and_cancelled(
    trial: Trial,
) -> None:
    """A restored row that says RECEIVED proves nothing: a cancel must not end it unlooked."""
    # Given
    trial.keep_waiting(trial.order())
    forgotten = placed_by_a_lost_ledger(trial)
    begin_doubt(trial, LEDGER_RESTORED)
    # When
    with pytest.raises(NotYet):
        trial.cancel()
    trial.run(SETTLED_MS + 70_000, 1_000)
    # Then
    intent = trial.stands()
    assert (intent.status, intent.order_id) == (OrderStatus.CANCELED, forgotten.order_id)
    assert trial.venue.of(intent.client_order_id)[0].status is OrderStatus.CANCELED


def test_restored_order_when_its_cancel_came_before_its_row_then_it_is_found_and_cancelled(
    trial: Trial,
) -> None:
    """Nor does a tombstone: the row that comes back is looked for before it ends."""
    # Given a cancel that finds no row, because the backup is older than the order
    forgotten = placed_by_a_lost_ledger(trial)
    begin_doubt(trial, LEDGER_RESTORED)
    with pytest.raises(NotYet):
        trial.cancel()
    # When
    trial.submit(trial.order())
    trial.run(SETTLED_MS + 90_000, 1_000)
    # Then
    intent = trial.stands()
    assert (intent.status, intent.order_id) == (OrderStatus.CANCELED, forgotten.order_id)


def test_waiting_order_when_its_cancel_comes_in_doubt_and_it_is_not_there_then_it_ends_unsent(
    trial: Trial,
) -> None:
    """Looked for and absent, it ends as it would have without a doubt."""
    trial.keep_waiting(trial.order())
    begin_doubt(trial, look.REDIS_EMPTY)
    with pytest.raises(NotYet):
        trial.cancel()
    trial.run(5_000)
    intent = trial.stands()
    assert (intent.status, intent.order_id) == (OrderStatus.CANCELED, None)
    assert trial.venue.orders == []


def test_restored_order_when_redis_is_emptied_soon_after_then_its_absence_still_waits(
    trial: Trial,
) -> None:
    """A second doubt does not end the first: what the ledger forgot may still not show."""
    # Given
    begin_doubt(trial, LEDGER_RESTORED)
    trial.clock.advance(5_000)
    begin_doubt(trial, look.REDIS_EMPTY)
    # When
    with pytest.raises(NotYet):
        trial.place(trial.order())
    # Then
    assert trial.venue.orders == []
    trial.run(SETTLED_MS + 90_000, 1_000)
    assert len(trial.venue.orders) == 1


@pytest.mark.parametrize("orders", [1, 6])
def test_restored_orders_when_the_venues_clock_is_behind_then_their_fills_are_all_found(
    trial: Trial, orders: int
) -> None:
    """An order adopted without an attempt is listed from its own time, not from ours."""
    # Given filled orders of a lost ledger, on a venue that is further behind than any look-back
    trial.venue.clock_ms = lambda: trial.clock.unix_ms() - 30_000
    lost = Trial(clock=trial.clock)
    lost.venue = trial.venue
    for n in range(orders):
        lost.place(lost.market_order(f"k-{n}"))
    begin_doubt(trial, LEDGER_RESTORED)
    # When
    for n in range(orders):
        trial.submit(trial.market_order(f"k-{n}"))
    trial.run(SETTLED_MS + 90_000, 1_000)
    # Then
    for n in range(orders):
        intent = trial.stands(f"k-{n}")
        assert (intent.status, intent.fills_complete) == (OrderStatus.FILLED, True)
        assert intent.fills == 1
