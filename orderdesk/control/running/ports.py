"""Find out whether ports are free, and who has one that is not."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from orderdesk.errors import SettingsError
from orderdesk.stores.loopback import HOST, is_free

_LISTENING = "0A"
"""The state of a listening socket in /proc/net/tcp (Linux, proc(5))."""


def require_free(ports: Mapping[str, int]) -> None:
    """Make sure that nobody listens on these ports.

    Args:
        ports: port numbers by the setting that chooses them.

    Raises:
        SettingsError: naming the first port that is taken, by whom if the system tells, and
            the setting that changes it.
    """
    for setting, port in ports.items():
        if not is_free(port):
            rule = "a port that nobody listens on"
            message = (
                f"port {port} on {HOST} is in use{_by(port)}: stop what listens there, "
                f"or set {setting} to a free port"
            )
            raise SettingsError(message, setting, str(port), rule)


def _by(port: int) -> str:
    pid = next(_listeners(port), None)
    if pid is None:
        return ""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return f" by process {pid}"
    return f" by process {pid} ({Path(words[0].decode(errors='replace')).name})"


def _listeners(port: int) -> Iterator[int]:
    """Find the processes of this user that listen on a port; only Linux tells."""
    inodes = set(_listening_inodes(port))
    for link in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        try:
            target = str(link.readlink())
        except OSError:  # closed meanwhile, or somebody else's
            continue
        if target.removeprefix("socket:[").removesuffix("]") in inodes:
            yield int(link.parts[2])


def _listening_inodes(port: int) -> Iterator[str]:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]
