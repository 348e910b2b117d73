"""What every intake does, the fake and the real one."""

import pytest

from orderdesk.ports import Intake
from orderdesk.stores.intake_redis import IntakeRedis
from orderdesk.stores.memory import FakeClock, FakeIntake
from tests.stores.kinds import BOTH

FIELDS = {"account": "main", "idempotency_key": "k-1", "symbol": "BTCUSDT", "quantity": "0.10"}


@pytest.fixture(params=BOTH)
def intake(request: pytest.FixtureRequest) -> Intake:
    """Give an empty intake."""
    if request.param == "fake":
        return FakeIntake(FakeClock())
    desk_id = request.getfixturevalue("desk_id")
    return IntakeRedis(request.getfixturevalue("client"), desk_id=desk_id)


def test_append_when_kept_then_it_can_be_read_back_as_it_was(intake: Intake) -> None:
    """Accepted means kept, whole, with the time at which it was taken."""
    before_ms = intake.now_ms()
    entry_id = intake.append("place_order", "task-1", FIELDS)

    (entry,) = intake.entries("0-0", 10)

    assert (entry.entry_id, entry.task, entry.task_id) == (entry_id, "place_order", "task-1")
    assert entry.fields == FIELDS
    assert before_ms <= entry.taken_ms <= intake.now_ms()


def test_entries_when_read_in_pieces_then_none_comes_twice_and_none_is_missed(
    intake: Intake,
) -> None:
    """Reading goes on after the last id, oldest first."""
    ids = [intake.append("place_order", f"task-{n}", FIELDS) for n in range(12)]
    first = intake.entries("", 5)
    second = intake.entries(first[-1].entry_id, 5)
    last = intake.entries(second[-1].entry_id, 5)
    assert [entry.entry_id for entry in (*first, *second, *last)] == ids
    assert list(intake.entries(ids[-1], 5)) == []


def test_cursor_when_moved_then_it_is_remembered(intake: Intake) -> None:
    """It begins before every entry."""
    assert intake.cursor() == "0-0"
    entry_id = intake.append("place_order", "task-1", FIELDS)
    intake.move_cursor(entry_id)
    assert intake.cursor() == entry_id


def test_trim_when_entries_are_older_then_just_they_go(intake: Intake) -> None:
    """The id itself stays; what is gone is counted."""
    ids = [intake.append("place_order", f"task-{n}", FIELDS) for n in range(4)]
    assert intake.trim(ids[2]) == 2
    assert [entry.entry_id for entry in intake.entries("0-0", 10)] == ids[2:]
    assert intake.trim("0-0") == 0


def test_wake_due_when_asked_again_then_each_wait_doubles_up_to_a_minute(intake: Intake) -> None:
    """5, 10, 20, 40 and 60 s: a net, not a storm."""
    now_ms = 1_800_000_000_000
    for wait_ms in (5_000, 10_000, 20_000, 40_000, 60_000, 60_000):
        assert intake.wake_due(["7-0"], now_ms) == {"7-0"}
        assert intake.wake_due(["7-0"], now_ms + wait_ms - 1) == set()
        now_ms += wait_ms


def test_wake_due_when_entries_differ_then_each_has_its_own_time(intake: Intake) -> None:
    """Who is new is due at once, whoever waits beside it."""
    assert intake.wake_due(["7-0"], 1_000) == {"7-0"}
    assert intake.wake_due(["7-0", "7-1"], 2_000) == {"7-1"}
    assert intake.wake_due([], 2_000) == set()


def test_trim_when_entries_are_gone_or_known_then_their_wake_times_are_forgotten(
    intake: Intake,
) -> None:
    """What is trimmed or behind the cursor is never woken again, so nothing piles up."""
    ids = ["9-0", "10-0", "10-1", "11-0"]
    assert intake.wake_due(ids, 20_000) == set(ids)
    intake.move_cursor("10-0")

    intake.trim("10-0")

    assert intake.wake_due(ids, 20_001) == {"9-0", "10-0"}
    intake.trim("11-0")
    assert intake.wake_due(ids, 20_002) == set(ids) - {"11-0"}
