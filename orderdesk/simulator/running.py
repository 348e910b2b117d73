"""A simulator in a process of its own, for as long as a test or a demo needs it.

As a pytest fixture, or in a script:

    with running_simulator() as simulator:
        place_an_order(simulator.base_url, simulator.api_key, simulator.api_secret)
        simulator.door.set_price("BTCUSDT", "59000")

Needs a host with POSIX signals; the simulator itself does too.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orderdesk.simulator import defaults
from orderdesk.simulator.caps.profiles import DEFAULT_PROFILE
from orderdesk.simulator.door import Door

_STOP_S = 10.0


class NotStarted(RuntimeError):
    """Raised when the simulator ended before it listened: (its exit code).

    What it had to say is on standard error.
    """


@dataclass
class RunningSimulator:
    """A running simulator, and what may be done to it. Prices stand still unless `walk_ms` is set.

    `port` 0 takes a free one at the first start and keeps it through restarts. `options` are words
    of its command line beyond those that have a field here.
    """

    home: Path | None = None
    seed: int = defaults.SEED
    walk_ms: int = 0
    latency_ms: int = 0
    port: int = 0
    api_key: str = defaults.API_KEY
    api_secret: str = defaults.API_SECRET
    caps: str = DEFAULT_PROFILE
    hold_caps: bool = False
    options: Sequence[str] = ()
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def base_url(self) -> str:
        """Give the address to call, without a path."""
        return f"http://{defaults.HOST}:{self.port}"

    @property
    def door(self) -> Door:
        """Give a client of the admin door."""
        return Door(self.base_url)

    @property
    def pid(self) -> int | None:
        """Give the process id, None while it is down."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start, and return when it answers.

        Raises:
            NotStarted: it ended at once.
        """
        process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
            self._command(), stdout=subprocess.PIPE, text=True
        )
        self._process = process
        line = "" if process.stdout is None else process.stdout.readline()
        if not line:
            self.stop()
            raise NotStarted(process.returncode)
        self.port = int(line.strip().rpartition(":")[2])
        self.door.wait_ready()

    def stop(self) -> None:
        """Ask it to end (SIGTERM), and wait until it has; killed after 10 s."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it (SIGKILL), and wait until it is gone."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start it again on the same port and home; stops it first if it still runs."""
        self.stop()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(number)
        try:
            process.wait(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _command(self) -> list[str]:
        options = {
            "--host": defaults.HOST,
            "--port": self.port,
            "--seed": self.seed,
            "--walk-ms": self.walk_ms,
            "--latency-ms": self.latency_ms,
            "--api-key": self.api_key,
            "--api-secret": self.api_secret,
            "--caps": self.caps,
        }
        words = [str(word) for pair in options.items() for word in pair]
        home = [] if self.home is None else ["--home", str(self.home)]
        count = [] if self.hold_caps else ["--count-only"]
        return [sys.executable, "-m", "orderdesk.simulator", *words, *home, *count, *self.options]


@contextmanager
def running_simulator(
    home: Path | None = None,
    seed: int = defaults.SEED,
    *,
    walk_ms: int = 0,
    latency_ms: int = 0,
    port: int = 0,
    caps: str = DEFAULT_PROFILE,
    hold_caps: bool = False,
    options: Sequence[str] = (),
) -> Iterator[RunningSimulator]:
    """Run a simulator for the length of a `with` block; the block may kill and restart it.

    Args:
        home: folder of its journal; None keeps nothing.
        seed: what prices and depth depend on.
        walk_ms: time between two price steps; 0 leaves them where they are.
        latency_ms: added to every call.
        port: 0 takes a free one.
        caps: the profile that requests are counted against.
        hold_caps: turn away what passes a cap; without it requests are only counted.
        options: further words of its command line, such as ("--prices", "day.csv").

    Raises:
        NotStarted: it ended before it listened.
    """
    simulator = RunningSimulator(
        home, seed, walk_ms, latency_ms, port, caps=caps, hold_caps=hold_caps, options=options
    )
    simulator.start()
    try:
        yield simulator
    finally:
        simulator.stop()
