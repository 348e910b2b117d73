"""Laws of the simulator's command line."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from orderdesk.simulator import add_arguments, run
from orderdesk.simulator.journal import Journal


def _parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_add_arguments_when_nothing_is_given_then_the_defaults_are_a_paper_account() -> None:
    """Without options it is loopback, port 8790, and nothing is kept."""
    assert vars(_parse()) == {
        "host": "127.0.0.1",
        "port": 8790,
        "home": None,
        "seed": 1,
        "latency_ms": 0,
        "walk_ms": 200,
        "prices": "walk",
        "prices_from": "https://api.mexc.com",
        "api_key": "paper-key",
        "api_secret": "paper-secret",
        "account": [],
        "caps": "mexc-2026-09",
        "cap": [],
        "count_only": False,
        "jitter_ms": 0,
        "visible_after_ms": 0,
        "dedupe_client_ids": False,
        "faults": None,
    }


@pytest.mark.parametrize("word", ["orders_per_s=0", "orders=4", "orders_per_s", "=3"])
def test_run_when_a_cap_is_misspelled_then_it_does_not_start(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks for a cap that there is not would measure another one."""
    assert run(_parse("--cap", word)) == 2
    assert "simulator: --cap: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("--port", "65536"), ("--seed", "-1"), ("--walk-ms", "fast"), ("--account", "a=b")]
)
def test_add_arguments_when_a_number_is_none_then_it_is_refused(words: tuple[str, str]) -> None:
    """Numbers are whole and not below zero."""
    with pytest.raises(SystemExit):
        _parse(*words)


def test_run_when_the_home_is_taken_then_it_gives_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands in the way is named, with what to do."""
    other = Journal(tmp_path)
    assert run(_parse("--port", "0", "--home", str(tmp_path))) == 2
    other.close()
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert str(tmp_path) in complaint
    assert "--home" in complaint


def test_run_when_aiohttp_is_not_installed_then_it_says_what_to_install() -> None:
    """The desk's own command line must not need the simulator's server."""
    program = (
        "import sys; sys.modules['aiohttp'] = None; import argparse;"
        "from orderdesk.simulator import add_arguments, run; p = argparse.ArgumentParser();"
        "add_arguments(p); sys.exit(run(p.parse_args([])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "simulator: needs aiohttp: install orderdesk[ops]\n"
