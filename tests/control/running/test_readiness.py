"""What is asked of each process before it counts as ready."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orderdesk.client import Producer
from orderdesk.control.running.desk import needed
from orderdesk.control.running.procfile import parse
from orderdesk.control.running.readiness import CLOCK_DOUBT_MS, Check, checks
from orderdesk.core.clock_offset import ClockOffset
from orderdesk.errors import NotYet
from orderdesk.ports import Desk
from orderdesk.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[3]
PROCESSES = parse((CHECKOUT / "Procfile").read_text())


def _never() -> ClockOffset:
    raise NotYet("no slot", 100)


def _checks(
    desk: Desk, *, measure: Callable[[], ClockOffset] = _never, **environ: str
) -> dict[str, Check]:
    home = os.environ["ORDERDESK_HOME"]
    settings = Settings.from_environment({"ORDERDESK_HOME": home} | environ)
    found = checks(
        needed(PROCESSES, settings),
        settings,
        intake=desk.intake,
        measure=measure,
        producer=Producer(settings),
    )
    return {check.name: check for check in found}


def test_checks_when_the_desk_runs_all_then_each_process_and_the_clock(bare_desk: Desk) -> None:
    """Nothing that was started is taken for ready unasked."""
    found = _checks(bare_desk, ORDERDESK_METRICS_PORT="9464")
    assert list(found) == [*(process.name for process in PROCESSES), "clock"]
    assert all(check.is_ready is not None for check in found.values())
    assert {check.theirs for check in found.values()} == {""}


def test_checks_when_a_server_is_somebody_elses_then_it_is_asked_all_the_same(
    bare_desk: Desk,
) -> None:
    """What is not ours can be missing, too; then the setting that names it is told."""
    found = _checks(
        bare_desk, REDIS_URL="redis://:word@127.0.0.1:1/0", MEXC_BASE_URL="http://127.0.0.1:1"
    )
    assert (found["redis"].theirs, found["simulator"].theirs) == ("REDIS_URL", "MEXC_BASE_URL")
    assert found["redis"].says == "answers at 127.0.0.1:1"


def test_checks_when_the_mode_is_live_then_the_venue_is_asked_for_its_time_only(
    bare_desk: Desk,
) -> None:
    """MEXC has no admin door; and what is far away is known less well."""
    keys = {"MEXC_API_KEY": "a", "MEXC_API_SECRET": "b"}
    far = ClockOffset(0, 749, 0)
    found = _checks(bare_desk, measure=lambda: far, EXECUTION_MODE="LIVE", **keys)
    assert "simulator" not in found
    is_ready = found["clock"].is_ready
    assert is_ready is not None
    assert is_ready() is True


@pytest.mark.parametrize("name", ["redis", "simulator", "placing", "beat", "flower", "http"])
def test_check_when_nothing_runs_then_it_is_not_ready(bare_desk: Desk, name: str) -> None:
    """Where nobody answers, the answer is no, and not an error."""
    found = _checks(
        bare_desk,
        ORDERDESK_SIMULATOR_PORT="1",
        ORDERDESK_FLOWER_PORT="2",
        ORDERDESK_HTTP_PORT="3",
    )
    is_ready = found[name].is_ready
    assert is_ready is not None
    assert is_ready() is False


def test_beat_when_its_schedule_was_written_since_then_it_is_ready(bare_desk: Desk) -> None:
    """An old schedule proves nothing; one written after the start does."""
    folder = Path(os.environ["ORDERDESK_HOME"]) / "run"
    folder.mkdir()
    old = folder / "beat-schedule.dat"
    old.touch()
    os.utime(old, (1, 1))
    is_ready = _checks(bare_desk)["beat"].is_ready
    assert is_ready is not None
    assert not is_ready()
    later_s = time.time() + 60  # a file's clock may be some ms behind
    os.utime(old, (later_s, later_s))
    assert is_ready()


@pytest.mark.parametrize(
    ("doubt_ms", "ready"), [(CLOCK_DOUBT_MS + 1, False), (CLOCK_DOUBT_MS, True)]
)
def test_clock_when_it_is_asked_then_only_a_good_answer_counts(
    bare_desk: Desk, doubt_ms: int, ready: bool
) -> None:
    """An answer that came late is no measurement; and it is not asked for in a hurry."""
    asked = []

    def measure() -> ClockOffset:
        asked.append(doubt_ms)
        return ClockOffset(0, doubt_ms, 0)

    is_ready = _checks(bare_desk, measure=measure)["clock"].is_ready
    assert is_ready is not None
    assert is_ready() is ready
    assert is_ready() is False
    assert len(asked) == 1


def test_clock_when_no_slot_is_near_then_it_is_not_ready(bare_desk: Desk) -> None:
    """A throttle that holds back is waited for."""
    is_ready = _checks(bare_desk)["clock"].is_ready
    assert is_ready is not None
    assert is_ready() is False
