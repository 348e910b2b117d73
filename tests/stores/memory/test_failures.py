"""Redis away, in one assignment; and answers that are lost."""

from collections.abc import Callable

import pytest

from orderdesk.errors import OutcomeUnknown, QueueUnreachable, StoreUnavailable
from orderdesk.stores.memory import FakeClock, FakeIntake, FakeMarkets, FakeMemory

AWAY = StoreUnavailable("Redis is away")


def _calls() -> list[Callable[[], object]]:
    clock = FakeClock()
    intake, memory, markets = FakeIntake(clock), FakeMemory(clock), FakeMarkets()
    intake.failure = memory.failure = markets.failure = AWAY
    return [
        lambda: intake.append("place_order", "t", {}),
        lambda: intake.entries("0-0", 1),
        intake.now_ms,
        intake.cursor,
        lambda: intake.wake_due(["1-0"], 1),
        memory.epoch,
        memory.highest_attempt,
        lambda: memory.once("sweep", 1),
        lambda: markets.market("BTCUSDT"),
        lambda: markets.last_price("BTCUSDT"),
    ]


@pytest.mark.parametrize("call", _calls())
def test_fakes_when_redis_is_away_then_every_call_says_so(call: Callable[[], object]) -> None:
    """A fake that fails, fails as told and does nothing."""
    with pytest.raises(StoreUnavailable):
        call()


def test_append_when_the_answer_is_lost_then_the_command_is_kept_all_the_same() -> None:
    """The caller does not know, the desk does."""
    intake = FakeIntake(FakeClock())
    intake.answer_lost = True
    with pytest.raises(OutcomeUnknown) as caught:
        intake.append("place_order", "task-1", {"idempotency_key": "k-1"})
    assert (caught.value.key, caught.value.task_id) == ("k-1", "task-1")
    assert [entry.task_id for entry in intake.entries("0-0", 10)] == ["task-1"]


def test_append_when_redis_cannot_be_reached_then_nothing_is_kept() -> None:
    """Any error of the desk may be the failure."""
    intake = FakeIntake(FakeClock())
    intake.failure = QueueUnreachable("no connection")
    with pytest.raises(QueueUnreachable):
        intake.append("place_order", "task-1", {})
    intake.failure = None
    assert list(intake.entries("0-0", 10)) == []


def test_forget_when_redis_comes_back_empty_then_nothing_is_remembered() -> None:
    """The state in which doubt begins."""
    memory = FakeMemory(FakeClock())
    memory.claim("ledger-1")
    memory.note_attempt(9)
    memory.begin_epoch()
    memory.forget()
    assert memory.epoch() is None
    assert memory.highest_attempt() == 0
    assert memory.claim("ledger-2") == "ledger-2"


def test_once_when_time_passes_then_the_lease_ends() -> None:
    """Leases end by the test's clock."""
    clock = FakeClock()
    memory = FakeMemory(clock)
    assert memory.once("sweep", 1_000)
    clock.advance(999)
    assert not memory.once("sweep", 1_000)
    clock.advance(1)
    assert memory.once("sweep", 1_000)
