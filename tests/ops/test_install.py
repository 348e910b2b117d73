"""`make install` from any state: what is wrong with an environment is noticed and said."""

import importlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
OPS = CHECKOUT / "ops"

pytestmark = pytest.mark.processes


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script's own module; scripts are no package, so it is found as they find it."""
    monkeypatch.syspath_prepend(str(OPS))
    yield importlib.import_module("environment")
    for name in ("environment", "install"):
        sys.modules.pop(name, None)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: ModuleType) -> Path:
    """A checkout, with a space in its name, whose environment was installed."""
    place = tmp_path / "a checkout"
    (place / "ops" / "locks").mkdir(parents=True)
    (place / "ops" / "locks" / "dev.txt").write_text("celery==5.7.0\n")
    (place / "pyproject.toml").write_text("[project]\n")
    monkeypatch.chdir(place)
    venv.create(place / ".venv", symlinks=True)
    _site(place).joinpath("celery-5.7.0.dist-info").mkdir()
    stamp = json.dumps(asdict(environment.stamp_now()))
    (place / ".venv" / environment.STAMP).write_text(stamp)
    return place


def _site(place: Path) -> Path:
    return next((place / ".venv").glob("lib/python*/site-packages"))


def test_environment_when_nothing_changed_then_nothing_is_to_be_done(
    checkout: Path, environment: ModuleType
) -> None:
    """Twice in a row the second time does nothing, whatever else was installed beside."""
    _site(checkout).joinpath("ipython-9.0.dist-info").mkdir()
    assert environment.why_broken(None) is None
    assert environment.is_up_to_date()


@pytest.mark.parametrize("file", ["ops/locks/dev.txt", "pyproject.toml"])
def test_environment_when_the_lock_changed_then_it_is_old_but_not_broken(
    checkout: Path, environment: ModuleType, file: str
) -> None:
    """What only is out of date is brought up to date, not made again."""
    (checkout / file).write_text("changed")
    assert environment.why_broken(None) is None
    assert not environment.is_up_to_date()


def test_environment_when_there_is_none_then_it_is_made(
    checkout: Path, environment: ModuleType
) -> None:
    """From nothing is a state like any other."""
    (checkout / ".venv").rename(checkout / "elsewhere")
    assert environment.why_broken(None) == "there is none yet"


def test_environment_when_an_install_was_interrupted_then_it_is_half_made(
    checkout: Path, environment: ModuleType
) -> None:
    """The stamp is written last: without it nothing is trusted."""
    (checkout / ".venv" / environment.STAMP).unlink()
    assert "half made" in environment.why_broken(None)
    (checkout / ".venv" / environment.STAMP).write_text("{")
    assert "half made" in environment.why_broken(None)


def test_environment_when_its_removal_was_interrupted_then_a_python_outlives_the_rest(
    checkout: Path,
) -> None:
    """Without `pyvenv.cfg` its Python takes itself for a system's, and is removed with it."""
    (checkout / ".venv" / "pyvenv.cfg").unlink()
    looks = f"import sys; sys.path.append({str(OPS)!r})"
    code = f"{looks}\nimport environment\nprint(environment.base_python())"
    asked = [str(checkout / ".venv" / "bin" / "python"), "-c", code]
    found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()

    assert not Path(found).is_relative_to(checkout)
    assert Path(found).is_file()


def test_environment_when_the_checkout_moved_then_it_is_broken(
    checkout: Path, environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts in an environment name its path: in another place they run another's code."""
    moved = checkout.with_name("moved")
    checkout.rename(moved)
    monkeypatch.chdir(moved)
    assert f"{checkout}/.venv" in environment.why_broken(None)


def test_environment_when_its_python_is_gone_then_it_is_broken(
    checkout: Path, environment: ModuleType
) -> None:
    """A system that was upgraded takes the interpreter away under the environment."""
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert "does not run" in environment.why_broken(None)


def test_environment_when_a_package_is_gone_then_it_is_named(
    checkout: Path, environment: ModuleType
) -> None:
    """What somebody removed is noticed before it is missed."""
    _site(checkout).joinpath("celery-5.7.0.dist-info").rmdir()
    assert "celery-5.7.0" in environment.why_broken(None)


def test_environment_when_another_python_was_named_then_it_is_made_again(
    checkout: Path, environment: ModuleType
) -> None:
    """PYTHON=… means that one; without it the one that is there will do."""
    assert environment.why_broken(environment.base_of(sys.executable)) is None
    assert "another one was named" in environment.why_broken("/opt/python 3.12.1")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "make room"),
        ("NewConnectionError: Failed to establish a new connection", "Check the network"),
        ("ERROR: No matching distribution found for x", "PYTHON=python3.12"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "report it"),
        ("something else\nthe end", "failed: the end"),
    ],
)
def test_install_when_pip_fails_then_a_person_is_told_what_to_do(
    checkout: Path, environment: ModuleType, said: str, advice: str
) -> None:
    """What pip says in pages becomes a sentence; the pages are kept."""
    install = importlib.import_module("install")
    told = install.explain(["python", "-m", "pip", "install"], said.splitlines(keepends=True))
    assert advice in told
    assert (checkout / ".venv" / "install.log").read_text() == said


def _run_installer(python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "ops/install.sh"], cwd=CHECKOUT, env={**os.environ, "PYTHON": python},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_installer_when_there_is_no_such_python_then_it_says_what_to_do() -> None:
    """A missing interpreter is named, with a way to get one."""
    ended = _run_installer("python-that-is-not-here")
    assert ended.returncode == 2
    assert "no working python-that-is-not-here" in ended.stderr
    assert "make install PYTHON=" in ended.stderr


def test_installer_when_python_is_too_old_then_its_version_is_named(tmp_path: Path) -> None:
    """An old interpreter is refused before anything is touched."""
    old = tmp_path / "an old python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit\nexit 1\n')
    old.chmod(0o755)
    ended = _run_installer(str(old))
    assert ended.returncode == 2
    assert "Python 3.9.2, but orderdesk needs Python 3.11" in ended.stderr
