"""Python and the libraries: are they there, and in the versions that were tried together."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from orderdesk.core.preflight import Finding, Verdict

OLDEST_PYTHON = (3, 11)
"""`requires-python` of pyproject.toml."""

PINNED = ("celery==5.7.*", "kombu==5.7.*", "redis>=8.1,<9")
"""What must match even where orderdesk is run from its sources: redis-py 8 with an older kombu
leaves workers deaf after a broken connection (pyproject.toml)."""

_EXTRAS = ("", "worker", "ops")


def examined() -> list[Finding]:
    """Return what was found of Python and of each library that is missing or another version."""
    python = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info[:2] < OLDEST_PYTHON
    found = [
        Finding(
            "python",
            Verdict.NO if old else Verdict.YES,
            f"{python}, {sys.executable}",
            "install Python 3.11 or newer" if old else "",
        )
    ]
    wrong = list(_wrong())
    if not wrong:
        found.append(Finding("libraries", Verdict.YES, f"all are there, {_told()}"))
    return found + wrong


def _wrong() -> Iterator[Finding]:
    for requirement in _wanted():
        installed = _installed(requirement.name)
        if installed and requirement.specifier.contains(installed, prereleases=True):
            continue
        says = f"{installed} is installed" if installed else "it is not installed"
        what = f"pip install '{requirement.name}{requirement.specifier}' (or `make install`)"
        yield Finding(f"library {requirement.name}", Verdict.NO, says, what)


def _wanted() -> list[Requirement]:
    try:
        lines = requires("orderdesk") or list(PINNED)
    except PackageNotFoundError:
        lines = list(PINNED)
    wanted = [Requirement(line) for line in lines]
    return [
        one
        for one in wanted
        if one.name != "orderdesk"
        and (one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in _EXTRAS))
    ]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _told() -> str:
    return ", ".join(f"{name} {_installed(name)}" for name in ("celery", "kombu", "redis"))
