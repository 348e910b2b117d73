"""`python -m orderdesk up` in a process of its own, for the length of a test."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_S = 150.0
_OURS = ("ORDERDESK_", "MEXC_", "RISK_", "EXECUTION_MODE", "EXCHANGE", "REDIS_URL", "DATABASE_URL")


@dataclass
class RunningUp:
    """A desk that was started as a person would start it."""

    process: subprocess.Popen[bytes]
    environ: Mapping[str, str]
    said_in: Path

    @property
    def said(self) -> str:
        """Everything it has printed so far."""
        return self.said_in.read_text(errors="replace")

    @property
    def flower(self) -> tuple[str, str, str]:
        """Where Flower is, for whom, with which password: as it was printed."""
        match = re.search(r"Flower +(\S+) +(\S+) / (\S+)", self.said)
        assert match is not None, self.said
        return match[1], match[2], match[3]

    def until(self, text: str) -> str:
        """Return what was printed, once it holds a text."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if text in self.said:
                return self.said
            assert self.process.poll() is None, f"it ended:\n{self.said}"
            time.sleep(0.05)
        raise AssertionError(f"{text!r} was not printed within {PATIENCE_S} s:\n{self.said}")

    def end(self, *signals: signal.Signals) -> int:
        """Send signals, and return the exit code."""
        for number in signals:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def again(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the desk beside it."""
        return subprocess.run(
            [sys.executable, "-m", "orderdesk", *words], cwd=CHECKOUT, env=dict(self.environ),
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip


@contextmanager
def running_up(home: Path, *words: str, **settings: str) -> Iterator[RunningUp]:
    """Run `orderdesk up` in a home, on ports of its own; killed at the end if it still runs."""
    environ = {**fresh_environ(home), **settings}
    home.parent.mkdir(parents=True, exist_ok=True)
    said_in = home.with_suffix(".out")
    with said_in.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "orderdesk", "up", *words], cwd=CHECKOUT, env=environ,
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield RunningUp(process, environ, said_in)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)


def fresh_environ(home: Path) -> dict[str, str]:
    """Return this process' environment with a desk of its own in it and nothing of another."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    with ExitStack() as stack:
        probes = {name: stack.enter_context(socket.socket()) for name in _SERVERS}
        for probe in probes.values():
            probe.bind(("127.0.0.1", 0))
        ports = {
            f"ORDERDESK_{name}_PORT": str(probe.getsockname()[1]) for name, probe in probes.items()
        }
    return {**kept, "ORDERDESK_HOME": str(home), **ports}


_SERVERS = ("REDIS", "SIMULATOR", "FLOWER", "HTTP")


def processes_of(home: Path) -> list[str]:
    """Return the command lines of every living process that was started for a home (Linux)."""
    marker = f"ORDERDESK_HOME={home}\0".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = marker in (folder / "environ").read_bytes() + b"\0"
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # gone meanwhile, or somebody else's
            continue
        if mine and command:
            found.append(f"{folder.name} {command}")
    return found
