"""Answers whose result is not stored are given again, however long ago they were due."""

from orderdesk.core.queues import ACCOUNT
from orderdesk.flows import sweep_results
from orderdesk.flows.sweep import AT_MOST
from tests.flows.trial import Trial


def test_sweep_when_a_result_is_missing_then_it_is_answered_again_and_only_that(
    trial: Trial,
) -> None:
    """A worker may die between booking an answer and storing it."""
    # Given three answers, of which one was never stored, and one order that has none yet
    answers = [trial.place(trial.order(f"k-{n}")) for n in range(3)]
    trial.queue.results.update(intent.task_id for intent in answers[1:])
    trial.venue.hold_back = 1
    trial.place(trial.order("unknown"))
    # When
    trial.clock.advance(6_000)
    answered = [message for message in trial.sweep() if message.task == "place_order"]
    # Then
    assert [(m.task_id, m.queue) for m in answered] == [(answers[0].task_id, ACCOUNT)]


def test_sweep_when_an_answer_is_brand_new_then_its_worker_is_left_to_store_it(
    trial: Trial,
) -> None:
    """Results are looked for five seconds after the answer, not before."""
    trial.place(trial.order())
    assert trial.sweep() == []


def test_sweep_when_redis_lost_every_result_then_a_day_of_them_is_stored_again(
    trial: Trial,
) -> None:
    """Results are kept for 24 h, and a Redis that came back empty is no reason to keep less."""
    # Given an answer of two days ago, whose result has run out, and one of ten hours ago
    old = trial.place(trial.order("old"))
    trial.clock.advance(38 * 3_600_000)
    recent = trial.place(trial.order("recent"))
    trial.clock.advance(10 * 3_600_000)
    trial.queue.results = {old.task_id, recent.task_id}
    trial.sweep()
    # When
    trial.queue.results.clear()
    trial.memory.forget()
    answered = _woken(trial)
    # Then
    assert answered == [recent.task_id]


def test_sweep_when_a_result_stays_missing_then_what_came_after_it_is_not_forgotten(
    trial: Trial,
) -> None:
    """Nothing counts as checked behind the first that is missing."""
    first, second = (trial.place(trial.order(key)) for key in ("k-1", "k-2"))
    trial.queue.results = {second.task_id}
    trial.clock.advance(10 * 60_000)
    assert _woken(trial) == [first.task_id]
    trial.clock.advance(10 * 60_000)
    trial.queue.results = {first.task_id}
    assert _woken(trial) == [second.task_id]
    # And once all are stored, a later loss of a checked one is for its producer to notice
    trial.queue.results = {first.task_id, second.task_id}
    trial.clock.advance(10 * 60_000)
    assert _woken(trial) == []
    assert trial.memory.results_checked_ms() > trial.time.now_ms() - 10_000


def test_sweep_when_a_wake_up_waits_in_the_queue_then_the_next_sweep_does_not_add_one(
    trial: Trial,
) -> None:
    """A long queue is not made longer by asking again and again."""
    trial.place(trial.order())
    trial.clock.advance(6_000)
    assert len(_woken(trial)) == 1
    trial.clock.advance(sweep_results.EVERY_MS)
    assert _woken(trial) == []
    trial.clock.advance(sweep_results.AGAIN_MS)
    assert len(_woken(trial)) == 1


def test_sweep_when_more_than_a_page_was_answered_then_the_next_sweep_goes_on(
    trial: Trial,
) -> None:
    """A busy hour is looked through a page a sweep, and its last answer is found too."""
    # Given
    keys = [f"k-{n}" for n in range(sweep_results.PAGE + 1)]
    placed = []
    for key in keys:
        placed.append(trial.place(trial.order(key)))
        trial.clock.advance(100)
    trial.queue.results = {intent.task_id for intent in placed[:-1]}
    trial.clock.advance(120_000)
    # When
    first, second = _woken(trial), _woken(trial)
    # Then
    assert (first, second) == ([], [placed[-1].task_id])


def test_sweep_when_redis_lost_many_results_then_fresh_ones_are_stored_before_them(
    trial: Trial,
) -> None:
    """Whose worker died a moment ago need not wait until a day of old results is stored again."""
    _lose_more_than_a_sweep_wakes(trial)
    fresh = trial.place(trial.order("fresh"))
    trial.clock.advance(6_000)
    # When
    answered = _woken(trial)
    # Then
    assert len(answered) == AT_MOST
    assert fresh.task_id in answered


def test_sweep_when_the_first_missing_were_woken_just_now_then_those_behind_them_are(
    trial: Trial,
) -> None:
    """What waits in the queue already takes no place of what does not."""
    _lose_more_than_a_sweep_wakes(trial)
    first = _woken(trial)
    trial.clock.advance(sweep_results.EVERY_MS)
    second = _woken(trial)

    assert (len(first), len(second)) == (AT_MOST, 1)
    assert not set(first) & set(second)


def _lose_more_than_a_sweep_wakes(trial: Trial) -> None:
    for n in range(AT_MOST + 1):
        trial.place(trial.order(f"k-{n}"))
    trial.clock.advance(10 * 60_000)


def _woken(trial: Trial) -> list[str | None]:
    return [message.task_id for message in trial.sweep() if message.queue == ACCOUNT]
