"""Hosts made of namespaces: a loopback, a name and a monotonic clock of their own.

Nothing of this host's network is seen in there. What several hosts share (Redis, the ledger's
database, the simulator) is reached over a wire for each of them, which ends on the host's own
loopback under the same port, so that every process has the same settings.

Run as a program it is the host itself:
`python -m tests.processes.hosts NAME FOLDER PORT... -- WORDS`.
"""

import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

_Address = tuple[str, int] | str

_UNSHARE = ("unshare", "--net", "--uts", "--time", "--fork", "--kill-child")
# Source: linux/sockios.h and linux/if.h.
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1


def can_be_made() -> bool:
    """Tell whether this machine lets us make namespaces; that takes Linux, and root as a rule."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode == 0


def words_of(name: str, wires: Path, ports: Sequence[int], *, clock_ahead_s: int) -> list[str]:
    """Return the words in front of a command that is to run on a host of its own."""
    clock = ("--monotonic", str(clock_ahead_s), "--boottime", str(clock_ahead_s))
    here = [sys.executable, "-m", "tests.processes.hosts", name, str(wires), *map(str, ports), "--"]
    return [*_UNSHARE, *clock, *here]


@contextmanager
def wires_to(folder: Path, ports: Sequence[int]) -> Iterator[Path]:
    """Lay the wires: sockets in a folder that lead to ports of this host's loopback."""
    folder.mkdir()
    with ExitStack() as stack:
        for port in ports:
            listener = socket.socket(socket.AF_UNIX)
            stack.callback(listener.close)
            listener.bind(str(folder / str(port)))
            listener.listen(64)
            _serve(listener, socket.AF_INET, ("127.0.0.1", port))
        yield folder


def _serve(listener: socket.socket, family: int, address: _Address) -> None:
    threading.Thread(target=_accept, args=(listener, family, address), daemon=True).start()


def _accept(listener: socket.socket, family: int, address: _Address) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            far = socket.socket(family)
            try:
                far.connect(address)
            except OSError:
                near.close()
                far.close()
                continue
            threading.Thread(target=_carry, args=(near, far), daemon=True).start()


def _carry(near: socket.socket, far: socket.socket) -> None:
    back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
    with near, far:
        back.start()
        _pass_on(near, far)
        back.join()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while said := one.recv(65_536):
            other.sendall(said)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request)
        flags = struct.unpack("16sh14x", answer)[1] | _IFF_UP
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags))


def _be_a_host(name: str, wires: Path, ports: Sequence[int], words: Sequence[str]) -> int:
    socket.sethostname(name)
    _raise_loopback()
    for port in ports:
        listener = socket.create_server(("127.0.0.1", port))
        _serve(listener, socket.AF_UNIX, str(wires / str(port)))
    # Whoever ends the host's work ends all of its processes; the wires last until it has ended.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    return subprocess.run(words, check=False).returncode


if __name__ == "__main__":
    split = sys.argv.index("--")
    _, given_name, folder, *given_ports = sys.argv[:split]
    code = _be_a_host(
        given_name, Path(folder), [int(p) for p in given_ports], sys.argv[split + 1 :]
    )
    sys.exit(code if code >= 0 else os.EX_SOFTWARE)
