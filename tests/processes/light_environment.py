"""An environment with nothing in it but the wheel and what its lock names; made without a network.

The locked packages are linked from the environment of this very process, which was installed from
the same lock; the wheel is built from this checkout and installed by pip.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = CHECKOUT / "ops" / "locks" / "base.txt"


def light_environment(folder: Path, *, also: Iterable[str] = ()) -> Path:
    """Make it in a folder, with other distributions if they are named; return its Python."""
    venv = folder / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", venv)
    python = venv / "bin" / "python"
    [site] = venv.glob("lib/python*/site-packages")
    for name in {*locked(), *also}:
        _link(name, site)
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    [wheel] = folder.glob("orderdesk-*.whl")
    # Without an index and dependencies: what it needs is there, or `pip check` says what is not.
    pip("--python", python, "install", "--no-index", "--no-deps", wheel)
    pip("--python", python, "check")
    return python


def link_into(python: Path, names: Iterable[str]) -> None:
    """Add distributions of this process' environment to one that was made here."""
    [site] = python.parent.parent.glob("lib/python*/site-packages")
    for name in names:
        _link(name, site)


def locked() -> Iterator[str]:
    """Name the distributions of the light lock that this system and Python have."""
    for line in LOCK.read_text().splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==", line):
            yield match[1]


def pip(*words: str | Path) -> None:
    """Run this process' pip, which may work on another environment."""
    _run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *words)


def _link(name: str, site: Path) -> None:
    try:
        found = distribution(name)
    except PackageNotFoundError:  # for another system: the lock is for all of them
        return
    tops = {Path(file).parts[0] for file in found.files or ()} - {"..", "__pycache__"}
    for top in tops:
        if not (site / top).exists():
            (site / top).symlink_to(Path(str(found.locate_file(top))).resolve())


def _run(*words: str | Path) -> None:
    run = subprocess.run(
        [str(word) for word in words], cwd=CHECKOUT, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, f"{words}: {run.stdout}{run.stderr}"
