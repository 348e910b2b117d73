"""Laws of price files."""

import argparse
from pathlib import Path

import pytest

from orderdesk.simulator import add_arguments, run
from orderdesk.simulator.engine.instruments import LISTING
from orderdesk.simulator.recorded import RecordingUnreadable, read_recording
from orderdesk.simulator.running import running_simulator
from tests.simulator.floor import Trader

_BTC = LISTING[0]


def _file(folder: Path, text: str) -> Path:
    path = folder / "prices.csv"
    path.write_text(text)
    return path


def test_read_recording_when_columns_are_named_then_their_order_does_not_matter(
    tmp_path: Path,
) -> None:
    """Other columns may stand beside them."""
    path = _file(tmp_path, "price,volume,symbol,time_ms\n61000.5,3,BTCUSDT,0\n62000,1,BTCUSDT,9\n")
    recording = read_recording(path, step_ms=9, seed=1)
    assert recording.first(_BTC) == recording.at(0, _BTC, last=_BTC.start_price)
    assert str(recording.at(1, _BTC, last=_BTC.start_price)) == "62000"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no column"),
        ("time_ms,price\n1,2\n", "symbol"),
        ("time_ms,symbol,price\n", "no prices"),
        ("time_ms,symbol,price\n1,BTCUSDT,2\n2,BTCUSDT,much\n", "line 3"),
        ("time_ms,symbol,price\n1,BTCUSDT\n", "line 2"),
        ("time_ms,symbol,price\n1,BTCUSDT,0\n", "not above 0"),
        ("time_ms,symbol,price\n1,BTC/USDT,60000\n", "none of the symbols"),
    ],
)
def test_read_recording_when_it_is_no_recording_then_it_says_where(
    tmp_path: Path, text: str, told: str
) -> None:
    """A file that would play something else than was meant is refused, with its line."""
    with pytest.raises(RecordingUnreadable, match=told):
        read_recording(_file(tmp_path, text), step_ms=1, seed=1)


def test_run_when_the_file_is_not_there_then_it_does_not_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says which file, and the exit code is 2."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run(parser.parse_args(["--prices", str(tmp_path / "none.csv"), "--port", "0"])) == 2
    assert "none.csv" in capsys.readouterr().err


@pytest.mark.processes
def test_prices_when_a_file_is_played_then_its_prices_are_traded_at(tmp_path: Path) -> None:
    """A step plays so much of the recording as lies between two steps."""
    path = _file(tmp_path, "time_ms,symbol,price\n0,BTCUSDT,50000\n1000,BTCUSDT,51000\n")
    with running_simulator(options=("--prices", str(path))) as simulator:
        trader = Trader(simulator.port)
        target = "/api/v3/ticker/price?symbol=BTCUSDT"
        assert '"50000"' in trader.raw("GET", target)[2]
        simulator.door.walk()
        assert '"51000"' in trader.raw("GET", target)[2]
