"""`make run` in LIVE, with a simulator on loopback as the venue: confirmed, checked, no samples."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orderdesk.simulator.running import RunningSimulator
from tests.control.running_up import RunningUp, processes_of, running_up

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc"),
]

KEYS = {"MEXC_API_KEY": "a-live-key-0123456789", "MEXC_API_SECRET": "a-live-secret-0123456789"}


def test_up_in_live_when_confirmed_then_it_checks_places_nothing_and_runs(tmp_path: Path) -> None:
    """No simulator of its own, no sample orders; what is at stake and each check are shown."""
    home = tmp_path / "a home"
    with _venue() as venue, running_up(home, "--confirm", "main", **_live(venue)) as up:
        said = up.until("Ctrl-C stops everything.")
        _check_said(said, venue)
        assert venue.door.state()["orders"] == []
        running = "\n".join(processes_of(home))
        assert "simulate" not in running
        assert not any(secret in said + running for secret in KEYS.values())
        _check_order(up, venue)
        assert up.end(signal.SIGINT) == 0
    assert processes_of(home) == []


@pytest.mark.parametrize(
    ("words", "missing", "says", "code"),
    [
        ((), "", "ORDERDESK_CONFIRM=main", 2),
        (("--confirm", "yes"), "", "nothing was started", 1),
        (("--confirm", "main"), "MEXC_API_SECRET", "MEXC_API_SECRET is not set", 2),
    ],
)
def test_up_in_live_when_it_is_not_meant_or_not_possible_then_nothing_starts(
    tmp_path: Path, words: tuple[str, ...], missing: str, says: str, code: int
) -> None:
    """Without a confirmation, and without keys, it says what is missing and ends."""
    home = tmp_path / "a home"
    environ = {"EXECUTION_MODE": "LIVE", **KEYS}
    environ.pop(missing, None)
    with running_up(home, *words, **environ) as up:
        assert up.process.wait(60) == code
        assert says in up.said
    assert processes_of(home) == []


@contextmanager
def _venue() -> Iterator[RunningSimulator]:
    key, secret = KEYS.values()
    venue = RunningSimulator(api_key=key, api_secret=secret, walk_ms=0)
    venue.start()
    try:
        yield venue
    finally:
        venue.stop()


def _live(venue: RunningSimulator) -> dict[str, str]:
    return {"EXECUTION_MODE": "LIVE", "MEXC_BASE_URL": venue.base_url, **KEYS}


def _check_said(said: str, venue: RunningSimulator) -> None:
    for part in ("real money", "main, of desk desk", venue.base_url, "RISK_MAX_NOTIONAL"):
        assert part in said
    preflight = said.partition("Pre-flight")[2]
    assert preflight.count("✔ yes") == 10
    assert "Passed." in preflight
    assert "place_order" not in said


def _check_order(up: RunningUp, venue: RunningSimulator) -> None:
    """The first small order, as docs/going-live.md has it; the command line asks once more."""
    words = ("place", "BUY", "BTCUSDT", "--quote-quantity", "6")
    assert "--live" in up.again(*words).stderr
    placed = up.again(*words, "--live", "--json")
    assert placed.returncode == 0, placed.stdout + placed.stderr
    assert len(venue.door.state()["orders"]) == 1
    assert up.again("preflight").returncode == 0
