"""Doubt is detected, not guessed; and while it stands, the desk looks before it sends."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderdesk.core.events import EventKind
from orderdesk.core.fence import GATEWAY_SKEW_MS, VISIBILITY_LAG_MS
from orderdesk.core.intents import Doubt, Intent
from orderdesk.core.orders import OrderStatus
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.errors import DeskHalted, ExchangeDenied, ExchangeUnreachable, NotYet
from orderdesk.flows import fate, identity, look
from orderdesk.flows.identity import DOUBT_MS
from tests.flows.stepping import Stepper
from tests.flows.trial import WINDOW_MS, Trial

SETTLED_MS = WINDOW_MS + GATEWAY_SKEW_MS + VISIBILITY_LAG_MS


def test_confirm_when_the_desk_is_new_then_the_first_start_is_a_doubt(trial: Trial) -> None:
    """An account may have been traded by a desk whose ledger is gone."""
    trial.memory.forget()
    identity.confirm(trial.desk)
    assert _doubt(trial).reason == look.FIRST_START
    assert trial.memory.claim("another") == trial.ledger.ledger_id()
    assert trial.memory.epoch() is not None


def test_confirm_when_redis_came_back_empty_then_it_is_noticed_by_its_epoch(
    trial: Trial,
) -> None:
    """Intents that had no row yet are gone: that is an alarm, and a doubt for 7 days."""
    trial.place(trial.order())
    trial.memory.forget()
    identity.confirm(trial.desk)
    doubt = _doubt(trial)
    assert doubt.reason == look.REDIS_EMPTY
    assert doubt.until_ms - doubt.since_ms == DOUBT_MS
    assert doubt.since_ms >= max(trial.time.now_ms(), trial.intake.now_ms())
    assert trial.kinds().count(EventKind.DOUBT) == 1


def test_confirm_when_redis_came_back_empty_then_it_learns_the_counter_again(
    trial: Trial,
) -> None:
    """Otherwise a ledger restored after that would go unnoticed."""
    trial.place(trial.order())
    trial.memory.forget()
    identity.confirm(trial.desk)
    assert trial.memory.highest_attempt() == trial.ledger.attempt_counter()


def test_confirm_when_the_ledger_counts_lower_then_it_was_restored(trial: Trial) -> None:
    """Redis remembers attempts that this ledger does not know."""
    trial.place(trial.order())
    trial.memory.note_attempt(99)
    identity.confirm(trial.desk)
    assert _doubt(trial).reason == look.LEDGER_RESTORED


@pytest.mark.parametrize("forgot", ["redis", "ledger"])
def test_confirm_when_it_is_called_again_then_the_doubt_does_not_begin_anew(
    trial: Trial, forgot: str
) -> None:
    """Every start and every sweep confirms; one loss is one doubt."""
    if forgot == "redis":
        trial.memory.forget()
    else:
        trial.memory.note_attempt(99)
    for _ in range(3):
        identity.confirm(trial.desk)
    assert trial.kinds().count(EventKind.DOUBT) == 1


def test_confirm_when_it_dies_half_way_then_the_next_one_finds_the_same(trial: Trial) -> None:
    """The doubt is written before Redis is told that the lower counter is right."""
    # Given
    trial.memory.note_attempt(99)
    dying = Stepper(trial.desk, identity.confirm)
    while not trial.events:
        dying.go(1)
    dying.kill()
    # When
    trial.events.clear()
    identity.confirm(trial.desk)
    identity.confirm(trial.desk)
    # Then
    assert _doubt(trial).reason == look.LEDGER_RESTORED
    assert trial.kinds() == [EventKind.DOUBT]


def test_confirm_when_redis_belongs_to_another_ledger_then_nothing_starts(trial: Trial) -> None:
    """Two desks on one Redis would share a throttle and nothing else."""
    trial.memory.forget()
    trial.memory.claim("another")
    with pytest.raises(DeskHalted, match="another"):
        identity.confirm(trial.desk)
    assert trial.ledger.doubt() is None
    assert trial.memory.epoch() is None


def test_keyed_order_when_the_ledger_was_restored_then_it_waits_until_a_look_can_count(
    trial: Trial,
) -> None:
    """A forgotten order may show as late as fence + L after the loss: then it is adopted."""
    # Given an order of the lost ledger, not visible yet
    forgotten = _placed_by_a_lost_ledger(trial)
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
    forgotten = _placed_by_a_lost_ledger(trial)
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
    since_ms = _doubt(trial).since_ms
    trial.run(SETTLED_MS + 70_000, 1_000)
    intent = trial.stands()
    assert intent.status is OrderStatus.EXPIRED_UNSENT
    assert (intent.ended_ms or 0) > since_ms + SETTLED_MS
    assert trial.venue.calls["order"] == 1


def test_restored_order_when_our_rules_say_no_now_then_it_is_adopted_not_denied(
    trial: Trial,
) -> None:
    """A no of the desk is no answer to an order that may be there already."""
    forgotten = _placed_by_a_lost_ledger(trial)
    _begin_doubt(trial, look.REDIS_EMPTY)
    strict = replace(trial.desk.rules, risk=RiskLimits(None, Decimal(10)))
    trial.desk = replace(trial.desk, rules=strict)
    intent = trial.place(trial.order())
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, forgotten.order_id)


def test_restored_order_when_the_look_is_refused_then_it_is_buried_and_goes_on(
    trial: Trial,
) -> None:
    """A key that is refused tells nothing of the order: no end may be read out of it."""
    # Given an order that the backup does not know to be on the exchange
    forgotten = _placed_by_a_lost_ledger(trial)
    trial.keep_waiting(trial.order())
    _begin_doubt(trial, look.REDIS_EMPTY)
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
    forgotten = _placed_by_a_lost_ledger(trial, **asked)
    _begin_doubt(trial, look.REDIS_EMPTY)
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
    forgotten = _placed_by_a_lost_ledger(trial)
    trial.venue.visible_from_ms = trial.venue.clock_ms() + VISIBILITY_LAG_MS - 1
    trial.memory.note_attempt(99)
    # When
    trial.run(SETTLED_MS + 70_000, 1_000)
    # Then
    intent = trial.stands()
    assert (intent.status, intent.order_id) == (OrderStatus.NEW, forgotten.order_id)


def test_confirm_when_the_ledger_was_restored_then_the_intake_is_read_again(
    trial: Trial,
) -> None:
    """What was taken up after the backup has lost its row, and its entry is still there."""
    # Given an entry that the cursor has passed, of an order that the backup does not know
    trial.submit(trial.order())
    forgotten = _placed_by_a_lost_ledger(trial)
    trial.intake.move_cursor(trial.intake.entries("", 1)[0].entry_id)
    trial.clock.advance(60_000)
    trial.memory.note_attempt(99)
    # When
    trial.run(SETTLED_MS + 70_000, 1_000)
    # Then
    assert trial.stands().order_id == forgotten.order_id
    assert len(trial.venue.orders) == 1


def test_unknown_symbol_when_in_doubt_then_it_is_denied_and_nobody_is_asked(
    trial: Trial,
) -> None:
    """There is nothing to look for where there is no such symbol."""
    _begin_doubt(trial, look.REDIS_EMPTY)
    assert trial.place(trial.order(symbol="NOPEUSDT")).code == "SYMBOL"
    assert trial.venue.calls["order"] == 0


def test_look_when_the_doubt_is_over_then_no_question_is_asked(trial: Trial) -> None:
    """After 7 days the exchange answers no question about orders of before."""
    _begin_doubt(trial, look.REDIS_EMPTY)
    trial.clock.advance(DOUBT_MS + 1)
    assert trial.place(trial.order()).answerable
    assert trial.venue.calls["order"] == 0


def test_look_when_the_venue_is_silent_then_the_order_waits_and_is_known(trial: Trial) -> None:
    """No answer is no permission; the intent is written down, and the sweep goes on with it."""
    trial.time.measure()
    _begin_doubt(trial, look.REDIS_EMPTY)
    trial.venue.silent_questions = 1
    with pytest.raises(ExchangeUnreachable):
        trial.place(trial.order())
    assert trial.stands().status is OrderStatus.RECEIVED


def _doubt(trial: Trial) -> Doubt:
    doubt = trial.ledger.doubt()
    assert doubt is not None
    return doubt


def _begin_doubt(trial: Trial, reason: str) -> None:
    now_ms = trial.time.now_ms()
    trial.ledger.begin_doubt(Doubt(now_ms, now_ms + DOUBT_MS, reason))


def _placed_by_a_lost_ledger(trial: Trial, **changes: str) -> Intent:
    """Place the order on the same venue out of a ledger that is gone afterwards."""
    lost = Trial(clock=trial.clock)
    lost.venue = trial.venue
    placed = lost.place(lost.order(**changes))
    trial.venue.calls.clear()
    return placed


def test_restored_order_when_its_cancel_comes_before_the_look_then_it_is_found_and_cancelled(
    trial: Trial,
) -> None:
    """A restored row that says RECEIVED proves nothing: a cancel must not end it unlooked."""
    # Given
    trial.keep_waiting(trial.order())
    forgotten = _placed_by_a_lost_ledger(trial)
    _begin_doubt(trial, look.LEDGER_RESTORED)
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
    forgotten = _placed_by_a_lost_ledger(trial)
    _begin_doubt(trial, look.LEDGER_RESTORED)
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
    _begin_doubt(trial, look.REDIS_EMPTY)
    with pytest.raises(NotYet):
        trial.cancel()
    trial.run(5_000)
    intent = trial.stands()
    assert (intent.status, intent.order_id) == (OrderStatus.CANCELED, None)
    assert trial.venue.orders == []


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
    _begin_doubt(trial, look.LEDGER_RESTORED)
    # When
    for n in range(orders):
        trial.submit(trial.market_order(f"k-{n}"))
    trial.run(SETTLED_MS + 90_000, 1_000)
    # Then
    for n in range(orders):
        intent = trial.stands(f"k-{n}")
        assert (intent.status, intent.fills_complete) == (OrderStatus.FILLED, True)
        assert intent.fills == 1
