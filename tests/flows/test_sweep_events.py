"""The stream loses no event: what was not told in time is told from the ledger."""

from orderdesk.core.events import Event, EventKind
from orderdesk.errors import StoreUnavailable
from orderdesk.flows import sweep_events
from tests.flows.trial import Trial


def numbers(trial: Trial) -> list[int]:
    """What consumers have read so far, by number."""
    return [event.id for event in trial.outbox.stream]


def test_sweep_when_a_worker_died_before_telling_then_it_is_told_once(trial: Trial) -> None:
    """The commit is what counts: every event of the ledger is in the stream, none twice."""
    # Given events of which only the first was told by its worker
    trial.place(trial.order())
    trial.outbox.deliver(trial.events[0], aloud=True)
    # When sweeps come, early and late
    trial.sweep()
    assert numbers(trial) == [trial.events[0].id]
    for _ in range(3):
        trial.clock.advance(sweep_events.SETTLING_MS)
        trial.sweep()
    # Then
    assert numbers(trial) == [event.id for event in trial.events]


def test_sweep_when_redis_fails_half_way_then_the_rest_follows(trial: Trial) -> None:
    """Nothing is passed over: the cursor moves when all before it is in the stream."""
    trial.place(trial.order())
    trial.clock.advance(sweep_events.SETTLING_MS)
    trial.outbox.failure = StoreUnavailable("a test")
    try:
        trial.sweep()
    except StoreUnavailable:
        trial.outbox.failure = None
    trial.clock.advance(sweep_events.SETTLING_MS)
    trial.sweep()
    assert numbers(trial) == [event.id for event in trial.events]


def test_sweep_when_there_are_more_than_a_page_then_the_next_sweep_goes_on(trial: Trial) -> None:
    """A page a sweep, and no waiting between full pages."""
    for n in range(sweep_events.PAGE + 5):
        trial.ledger.tell(Event(EventKind.MISMATCH, trial.time.now_ms(), data={"n": n}))
    trial.clock.advance(sweep_events.SETTLING_MS)
    trial.sweep()
    trial.sweep()
    assert len(trial.outbox.stream) == sweep_events.PAGE + 5


def test_sweep_when_the_ledger_was_restored_then_its_new_events_are_told(trial: Trial) -> None:
    """Numbers of events come again after a restore, for other events."""
    # Given a stream that has seen more events than the ledger has now
    trial.outbox.begin_after(10_000)
    trial.memory.note_attempt(99)
    # When the restored ledger goes on
    trial.sweep()
    trial.clock.advance(sweep_events.SETTLING_MS)
    trial.sweep()
    # Then
    told = [event for event in trial.outbox.stream if event.kind is EventKind.MISMATCH]
    assert told == []
    trial.ledger.tell(Event(EventKind.MISMATCH, trial.time.now_ms()))
    trial.clock.advance(sweep_events.SETTLING_MS)
    trial.sweep()
    assert trial.outbox.stream[-1].kind is EventKind.MISMATCH
    assert trial.outbox.stream[-1].id < 10_000


def test_sweep_when_the_stream_is_filled_again_then_nobody_is_told_old_news(
    trial: Trial,
) -> None:
    """A Redis that came back empty: its stream is filled, its channel stays quiet."""
    trial.place(trial.order())
    trial.clock.advance(sweep_events.NEWS_MS)
    trial.ledger.tell(Event(EventKind.MISMATCH, trial.time.now_ms()))
    trial.clock.advance(sweep_events.SETTLING_MS)
    trial.sweep()
    assert numbers(trial) == [event.id for event in trial.events]
    assert [event.kind for event in trial.outbox.told] == [EventKind.MISMATCH]
