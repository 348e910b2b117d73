"""What `orderdesk up` decides before it starts anything."""

from io import StringIO
from pathlib import Path

import pytest

from orderdesk.control.running.desk import needed, ports_of, run_desk
from orderdesk.control.running.procfile import parse
from orderdesk.control.screen import Screen
from orderdesk.errors import SettingsError
from orderdesk.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[3]
PROCESSES = parse((CHECKOUT / "Procfile").read_text())


def _settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environment({"ORDERDESK_HOME": str(tmp_path / "home"), **environ})


def test_needed_when_servers_are_ours_then_every_process_runs(tmp_path: Path) -> None:
    """The whole Procfile is started, on the ports of the settings."""
    settings = _settings(tmp_path, ORDERDESK_FLOWER_PORT="7001", ORDERDESK_METRICS_PORT="9464")
    assert needed(PROCESSES, settings) == list(PROCESSES)
    assert ports_of(PROCESSES, settings) == {
        "ORDERDESK_REDIS_PORT": 6390,
        "ORDERDESK_SIMULATOR_PORT": 8790,
        "ORDERDESK_METRICS_PORT": 9464,
        "ORDERDESK_FLOWER_PORT": 7001,
        "ORDERDESK_HTTP_PORT": 8003,
    }


def test_needed_when_servers_are_somebody_elses_then_ours_stay_down(tmp_path: Path) -> None:
    """A Redis or an exchange that was named is used, and no port of ours is asked for."""
    settings = _settings(
        tmp_path, REDIS_URL="redis://127.0.0.1:1/0", MEXC_BASE_URL="http://127.0.0.1:2"
    )
    left = needed(PROCESSES, settings)
    assert {p.name for p in PROCESSES} - {p.name for p in left} == {"redis", "simulator", "metrics"}
    assert set(ports_of(left, settings)) == {"ORDERDESK_FLOWER_PORT", "ORDERDESK_HTTP_PORT"}


def test_needed_when_the_mode_is_live_then_no_simulator_runs(tmp_path: Path) -> None:
    """A LIVE desk starts everything but the paper exchange, wherever its venue is."""
    keys = {"MEXC_API_KEY": "a", "MEXC_API_SECRET": "b"}
    for url in ({}, {"MEXC_BASE_URL": "http://127.0.0.1:2"}):
        settings = _settings(tmp_path, EXECUTION_MODE="LIVE", **keys, **url)
        left = needed(PROCESSES, settings)
        assert {p.name for p in PROCESSES} - {p.name for p in left} == {"simulator", "metrics"}


def test_run_desk_when_there_is_no_procfile_then_it_is_said(tmp_path: Path) -> None:
    """Started in the wrong folder, it names the right one."""
    with pytest.raises(SettingsError, match="start this in orderdesk's checkout"):
        run_desk(Screen(StringIO()), _settings(tmp_path), checkout=tmp_path, places_samples=True)
