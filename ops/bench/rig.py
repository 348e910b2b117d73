"""What every measurement stands on: servers and processes of its own, for as long as it lasts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180.0


@dataclass
class Processes:
    """Programs of one contender; each is a group of its own, so that nothing of it is left."""

    folder: Path
    environ: Mapping[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def pids(self) -> list[int]:
        """Return their process ids, without their children's."""
        return [process.pid for process in self.started]

    def start(self, *words: str) -> int:
        """Start a module of Python's with arguments; return its process id."""
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own modules, our own words
                [sys.executable, "-m", *words],
                cwd=CHECKOUT, env=dict(self.environ), stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.started.append(process)
        return process.pid

    def stop(self) -> None:
        """Ask all of them to end, and kill what does not within 15 s."""
        for process in self.started:
            process.terminate()
        for process in self.started:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.started.clear()


@contextmanager
def processes(folder: Path, environ: Mapping[str, str]) -> Iterator[Processes]:
    """Give a place for processes; all of them end with the block."""
    with ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        running = Processes(folder, environ)
        stack.callback(running.stop)
        yield running


@contextmanager
def standing_still(pids: Sequence[int]) -> Iterator[None]:
    """Let processes and their children do nothing inside the block."""
    for pid in pids:
        os.killpg(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.killpg(pid, signal.SIGCONT)


def plain_environment() -> dict[str, str]:
    """Return this process' environment without what names a desk."""
    ours = ("MEXC_", "RISK_", "KILL_", "ORDERDESK_", "RIVAL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def until(truth: Callable[[], object], otherwise: str, *, within_s: float = PATIENCE_S) -> None:
    """Wait for something to come true; end the measurement if it does not."""
    deadline_s = time.monotonic() + within_s
    while not truth():
        if time.monotonic() > deadline_s:
            raise SystemExit(f"bench: {otherwise} within {within_s:g} s")
        time.sleep(0.01)


def say(text: str) -> None:
    """Write one line now."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
