# ruff: noqa: INP001 - scripts beside each other, not a package
"""What is in `.venv`, and whether it can be used: read only, standard library only.

A stamp, written last by `install.py`, says what the environment was made of. Where it is
missing or untrue the environment is made again.
"""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

VENV = Path(".venv")
LOCK = Path("ops/locks/dev.txt")
PROJECT = Path("pyproject.toml")
STAMP = "orderdesk-stamp.json"


@dataclass(frozen=True)
class Stamp:
    """What an environment was made of."""

    place: str
    """Where it stands: scripts in it name this path, so a moved one is broken."""
    base: str
    """The installation of Python under it."""
    version: str
    sources: str
    """Hash of the lock and of pyproject.toml."""
    packages: list[str]


def why_broken(wanted_base: str | None) -> str | None:
    """Say why the environment must be made anew, or return None if it need not.

    `wanted_base` is the installation of Python that the user named, if one was named.
    """
    if not os.path.lexists(VENV):
        return "there is none yet"
    stamp = stamp_in(VENV)
    if stamp is None:
        return "it is half made: an install was interrupted, or something else made it"
    version = version_of(VENV / "bin" / "python")
    missing = sorted(set(stamp.packages) - set(packages_in(VENV)))
    reasons = {
        "its Python does not run any more": version is None,
        f"it was made for {stamp.place}, and the checkout has moved": (
            stamp.place != str(VENV.resolve())
        ),
        f"it was made with Python {stamp.version}, and that is {version} now": (
            version != stamp.version
        ),
        f"it was made with the Python of {stamp.base}, and another one was named": (
            wanted_base not in (None, stamp.base)
        ),
        f"packages are missing from it: {', '.join(missing[:3])}": bool(missing),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def is_up_to_date() -> bool:
    """Tell whether an environment that is not broken was made of today's lock."""
    stamp = stamp_in(VENV)
    return stamp is not None and stamp.sources == hash_of_sources()


def hash_of_sources() -> str:
    """Return the hash of what an environment is made of."""
    return hashlib.sha256(LOCK.read_bytes() + b"\0" + PROJECT.read_bytes()).hexdigest()


def stamp_now() -> Stamp:
    """Return the stamp that the environment as it stands would deserve."""
    python = VENV / "bin" / "python"
    return Stamp(
        place=str(VENV.resolve()),
        base=base_of(str(python)),
        version=version_of(python) or "?",
        sources=hash_of_sources(),
        packages=packages_in(VENV),
    )


def stamp_in(venv: Path) -> Stamp | None:
    """Return the stamp of an environment, or None if it has none that can be read."""
    try:
        return Stamp(**json.loads((venv / STAMP).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def packages_in(venv: Path) -> list[str]:
    """Return what is installed, as `name-version`, from the folders that pip leaves behind."""
    return sorted(path.stem for path in venv.glob("lib/python*/site-packages/*.dist-info"))


def version_of(python: Path) -> str | None:
    """Return an interpreter's version, or None if it does not run."""
    return _ask(str(python), "sys.version.split()[0]")


def base_of(python: str) -> str:
    """Return the installation of Python under an interpreter: where, and which version."""
    return _ask(python, "sys.base_prefix, sys.version.split()[0]") or "?"


def base_python() -> str:
    """Return the interpreter under this one: it outlives the environment it may run in."""
    if sys.prefix == sys.base_prefix:
        # Half of a removed environment is none any more, but its links still lead to a Python.
        return str(Path(sys.executable).resolve())
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return str(Path(sys.base_prefix) / "bin" / name)


def _ask(python: str, expression: str) -> str | None:
    code = f"import sys; print({expression})"
    try:
        asked = subprocess.run(  # noqa: S603 - an interpreter we found, asked about itself
            [python, "-I", "-c", code], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip()
