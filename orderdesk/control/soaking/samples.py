"""What the processes of a desk use at one moment, read from /proc (Linux)."""

import re
from dataclasses import dataclass
from pathlib import Path

LEAST_EVERY_S = 2.0

MOST_SAMPLES = 2_000
"""Of each process; more than a picture has columns."""

_PROC = Path("/proc")
_NODE = re.compile(r"-n (\w+)@")
_OURS = re.compile(r"-m orderdesk (\w+)")
_PAGE_KB = 4
_SERVERS = {
    "supervisord": "supervisor",
    " beat": "beat",
    "flower": "flower",
}
"""Processes whose words do not name them as the Procfile does."""


@dataclass(frozen=True, slots=True)
class ProcessSample:
    """One process at one moment."""

    at_s: float
    """Since the load began."""
    name: str
    """As the Procfile calls it."""
    pid: int
    memory_kb: int
    """Resident."""
    files: int
    """Open file descriptors."""


def every_s(minutes: float) -> float:
    """Return how many seconds lie between two samples of a run of so many minutes.

    A picture of two days with a point every two seconds would be twelve megabytes.
    """
    return max(LEAST_EVERY_S, minutes * 60 / MOST_SAMPLES)


def processes_of(home: Path, at_s: float, *, redis_pid: int) -> list[ProcessSample]:
    """Return every living process that was started for a home, and its Redis by its number.

    A Redis server writes its title over the environment it was started with.
    """
    marker = f"ORDERDESK_HOME={home}\0".encode()
    folders = _PROC.glob("[0-9]*")
    samples = (_sample(f, at_s, marker, redis_pid=redis_pid) for f in folders)
    return [sample for sample in samples if sample is not None]


def _sample(folder: Path, at_s: float, marker: bytes, *, redis_pid: int) -> ProcessSample | None:
    try:
        name = "redis" if folder.name == str(redis_pid) else _name(folder, marker)
        if name is None:
            return None
        resident = int((folder / "statm").read_text().split()[1]) * _PAGE_KB
        files = len(list((folder / "fd").iterdir()))
    except OSError:  # gone meanwhile, or somebody else's
        return None
    return ProcessSample(at_s, name, int(folder.name), resident, files)


def _name(folder: Path, marker: bytes) -> str | None:
    if marker not in (folder / "environ").read_bytes() + b"\0":
        return None
    return name_of((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))


def name_of(command: str) -> str | None:
    """Return what the Procfile calls a process with this command line; None if it is none of it."""
    node, ours = _NODE.search(command), _OURS.search(command)
    if node:
        return node[1]
    if ours:
        return "simulator" if ours[1] == "simulate" else ours[1]
    return next((name for word, name in _SERVERS.items() if word in command), None)
