"""A test that needs a program is never left out in silence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
NOWHERE = "a-program-that-is-not-here"

pytestmark = pytest.mark.processes

_SUITE = f"""
import pytest

@pytest.mark.needs_program("{NOWHERE}")
def test_left_out():
    raise AssertionError("it must not run")

@pytest.mark.needs_program("sh")
def test_run():
    pass
"""


def _run(tmp_path: Path, *, ci: str) -> subprocess.CompletedProcess[str]:
    suite = tmp_path / "test_suite.py"
    suite.write_text(_SUITE)
    own = ["-p", "tests.conftest", "-p", "no:cacheprovider", "--rootdir", str(CHECKOUT)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pyproject.toml", *own, str(suite)],
        cwd=CHECKOUT, env={**os.environ, "CI": ci}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_needs_program_when_it_is_missing_then_the_test_and_the_command_are_named(
    tmp_path: Path,
) -> None:
    """Whoever reads the end of `make test` knows what was not tried, and how to try it."""
    ended = _run(tmp_path, ci="")
    assert ended.returncode == 0, ended.stdout
    assert f"test_left_out needs {NOWHERE}: `make tools` brings it" in ended.stdout
    assert "1 passed, 1 skipped" in ended.stdout


def test_needs_program_when_it_is_missing_in_ci_then_the_run_fails(tmp_path: Path) -> None:
    """A green CI has tried everything."""
    ended = _run(tmp_path, ci="1")
    assert ended.returncode == 1, ended.stdout
    assert f"test_left_out needs {NOWHERE}: `make tools` brings it; CI is set" in ended.stdout
