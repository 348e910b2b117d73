"""What every memory of the ledger does, the fake and the real one."""

import threading
from collections.abc import Callable

import pytest

from orderdesk.ports import Memory
from orderdesk.stores.memory import FakeClock, FakeMemory
from orderdesk.stores.memory_redis import MemoryRedis
from tests.stores.kinds import BOTH

Processes = Callable[[], Memory]


@pytest.fixture(params=BOTH)
def process(request: pytest.FixtureRequest) -> Processes:
    """Give a way to see one and the same memory as one process after the other."""
    if request.param == "fake":
        return FakeMemory(FakeClock()).beside
    client, desk_id = request.getfixturevalue("client"), request.getfixturevalue("desk_id")
    return lambda: MemoryRedis(client, desk_id=desk_id)


def test_claim_when_a_ledger_was_first_then_its_id_stands(process: Processes) -> None:
    """A Redis belongs to one ledger."""
    assert process().claim("ledger-1") == "ledger-1"
    assert process().claim("ledger-2") == "ledger-1"


def test_owner_when_it_is_asked_for_then_nothing_is_claimed(process: Processes) -> None:
    """Looking whose Redis it is must not make it ours."""
    assert process().owner() is None
    assert process().owner() is None
    process().claim("ledger-1")
    assert process().owner() == "ledger-1"


def test_kept_when_it_is_younger_than_asked_for_then_every_process_reads_it(
    process: Processes,
) -> None:
    """The last text under a name stands, and others are not touched by it."""
    assert process().kept("a") is None
    process().keep("a", "first", 60_000)
    process().keep("a", "second", 60_000)
    assert process().kept("a") == "second"
    assert process().kept("b") is None


def test_durability_when_it_is_asked_then_everything_is_kept(process: Processes) -> None:
    """The desk's own server, and the fake, keep what they acknowledge."""
    durability = process().durability()
    assert durability.kept is True
    assert durability.says


def test_note_attempt_when_a_lower_one_follows_then_the_highest_stands(process: Processes) -> None:
    """The counter never goes back, whoever writes late."""
    assert process().highest_attempt() == 0
    for attempt_id in (3, 41, 7):
        process().note_attempt(attempt_id)
    assert process().highest_attempt() == 41


def test_epoch_when_it_was_begun_then_everybody_sees_the_same(process: Processes) -> None:
    """Missing at first; two that begin it at once agree on one."""
    assert process().epoch() is None
    epoch = process().begin_epoch()
    assert epoch
    assert process().begin_epoch() == process().epoch() == epoch


def test_results_checked_when_it_was_noted_then_every_process_knows(process: Processes) -> None:
    """Unknown at first; then as it was noted last, even if that is lower."""
    assert process().results_checked_ms() == 0
    for until_ms in (1_790_000_000_000, 1_780_000_000_000):
        process().note_results_checked(until_ms)
        assert process().results_checked_ms() == until_ms


def test_note_ms_when_one_stands_then_the_first_or_the_last_counts_as_asked(
    process: Processes,
) -> None:
    """A beginning keeps its first moment; a "last done" takes the newest."""
    assert process().noted_ms("begun") is None
    assert process().note_ms("begun", 5, keep_ms=60_000, first=True) == 5
    assert process().note_ms("begun", 7, keep_ms=60_000, first=True) == 5
    assert process().note_ms("begun", 3, keep_ms=60_000) == 3
    assert process().noted_ms("begun") == 3


def test_once_when_somebody_has_it_then_nobody_else_gets_it(process: Processes) -> None:
    """Single flight: the first one only, and the first one only once."""
    first, second = process(), process()
    assert first.once("sweep", 600_000)
    assert not first.once("sweep", 600_000)
    assert not second.once("sweep", 600_000)
    assert second.once("trim", 600_000)


def test_release_when_the_holder_gives_it_back_then_the_next_one_gets_it(
    process: Processes,
) -> None:
    """Early is allowed."""
    first, second = process(), process()
    assert first.once("sweep", 600_000)
    first.release("sweep")
    assert second.once("sweep", 600_000)


def test_release_when_another_process_tries_then_nothing_changes(process: Processes) -> None:
    """Only the holder gives back: not a neighbour, and not one that never had it."""
    first, second = process(), process()
    assert first.once("sweep", 600_000)
    second.release("sweep")
    second.release("never taken")
    assert not second.once("sweep", 600_000)


def test_release_when_another_thread_tries_then_nothing_changes(process: Processes) -> None:
    """Threads of a process are as strange to each other as processes."""
    shared = process()
    assert shared.once("sweep", 600_000)
    thread = threading.Thread(target=shared.release, args=("sweep",))
    thread.start()
    thread.join()
    assert not shared.once("sweep", 600_000)
