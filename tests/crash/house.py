"""The whole desk in processes that may be killed at any moment, and are started again."""

import os
import queue
import shutil
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from orderdesk.client import Producer
from orderdesk.settings import Settings
from orderdesk.simulator.running import RunningSimulator, running_simulator
from orderdesk.stores.embedded_redis import RunningRedis, running_redis
from orderdesk.stores.ledger_sql.ledger import LedgerSql
from tests.crash.breaking_wire import BreakingWire
from tests.crash.nursery import Nursery
from tests.crash.points import Act, Strike, Tickets, Weather
from tests.crash.troubles import W_MS

_LEAN = ("--without-gossip", "--without-mingle")
WORKERS: Mapping[str, tuple[str, int]] = {
    "placing-1": ("placing", 8),
    "placing-2": ("placing", 8),
    "placing-3": ("placing,account", 8),
    "cancelling-1": ("cancelling,account", 6),
    "cancelling-2": ("cancelling,account,placing", 6),
    "upkeep-1": ("upkeep,dead_letter", 4),
}
"""Name → its queues, and how many threads."""

SPARES: Mapping[str, tuple[str, int]] = {"placing-4": ("placing", 8), "placing-5": ("placing", 8)}
"""Who comes in for a worker that is stopped, and stays."""

OVER_THE_WIRE = "placing-3"
"""The worker whose Redis is behind the breaking wire."""


def _words(name: str, folder: Path) -> tuple[str, ...]:
    if name.startswith("beat"):
        return ("celery", "beat", "-s", str(folder / name))
    queues, threads = {**WORKERS, **SPARES}[name]
    return ("celery", "worker", "-n", f"{name}@chaos", "-Q", queues, "-c", str(threads), *_LEAN)


@dataclass
class House:
    """Redis, simulator and workers; who dies is started again at once."""

    folder: Path
    redis: RunningRedis
    simulator: RunningSimulator
    wire: BreakingWire
    nursery: Nursery
    settings: Settings
    tickets: Tickets
    weather: Weather
    strikes: list[Strike] = field(default_factory=list)
    deaths: Counter[str] = field(default_factory=Counter)
    """How programs ended: by which signal, or with which code."""
    _wanted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _gone: "queue.SimpleQueue[str]" = field(default_factory=queue.SimpleQueue)
    _wakes: list[tuple[float, int]] = field(default_factory=list)

    @property
    def ledger_path(self) -> Path:
        """The SQLite file."""
        return Path(self.settings.database_url.removeprefix("sqlite:///"))

    @property
    def journal(self) -> sqlite3.Connection:
        """A connection that only reads the ledger."""
        return sqlite3.connect(f"{self.ledger_path.as_uri()}?mode=ro", uri=True, timeout=30)

    def producer(self, *, over_the_wire: bool = False) -> Producer:
        """A producer of its own connections."""
        if not over_the_wire:
            return Producer(self.settings)
        return Producer(replace(self.settings, redis_url=self.wire.url))

    # -- who runs

    def start_all(self) -> None:
        """Start every worker and one beat."""
        for name in (*WORKERS, "beat-1"):
            self.want(name)

    def want(self, name: str) -> None:
        """Start a program, and start it again whenever it ends."""
        self._wanted[name] = _words(name, self.folder)
        self._start(name)

    def stop_all(self) -> None:
        """Kill everybody (SIGKILL), and start nobody again."""
        names = list(self._wanted)
        self._wanted.clear()
        for name in names:
            self.nursery.signal(name, signal.SIGKILL)
        for name in names:
            self.nursery.wait_gone(name, 10)

    def run(
        self, name: str, words: Sequence[str], *, within_s: float = 60, **environ: str
    ) -> int | None:
        """Run a program once; return its exit code, or None if it does not end in time."""
        self.nursery.start(name, words, **environ)
        code = self.nursery.wait_gone(name, within_s)
        if code is None:
            self.nursery.signal(name, signal.SIGKILL)
            self.nursery.wait_gone(name, 10)
        return code

    def ended(self, name: str, code: int) -> None:
        """Hear that a program has ended."""
        how = signal.Signals(-code).name if code < 0 else f"exit {code}"
        self.deaths[f"{name.partition('-')[0]} {how}"] += 1
        self._gone.put(name)

    def tend(self) -> None:
        """Start who died, wake who was stopped long enough, note what was struck."""
        with suppress(queue.Empty):
            while True:
                name = self._gone.get_nowait()
                if name in self._wanted and name not in self.nursery.pids:
                    self._start(name)
        for strike in self.tickets.new_strikes():
            self.strikes.append(strike)
            if strike.act is Act.STOP:
                self._wakes.append((time.monotonic() + strike.for_s, strike.pid))
                spare = next((name for name in SPARES if name not in self._wanted), None)
                if spare is not None:
                    self.want(spare)
        for wake in [wake for wake in self._wakes if wake[0] <= time.monotonic()]:
            self._wakes.remove(wake)
            _continue(wake[1])

    def wake_all(self) -> None:
        """Let everybody go on who is still stopped."""
        for _, pid in self._wakes:
            _continue(pid)
        self._wakes.clear()

    @property
    def stopped(self) -> int:
        """How many processes are stopped now."""
        return len(self._wakes)

    def _start(self, name: str) -> None:
        environ = {"REDIS_URL": self.wire.url} if name == OVER_THE_WIRE else {}
        self.nursery.start(name, self._wanted[name], **environ)

    # -- the ledger, from outside

    def copy_ledger(self, to: Path) -> None:
        """Copy the ledger as it stands now, while everybody goes on."""
        with closing(self.journal) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)

    def restore_ledger(self, copy: Path) -> None:
        """Put an older copy in the ledger's place; nobody may run."""
        for ending in ("-wal", "-shm"):
            Path(f"{self.ledger_path}{ending}").unlink(missing_ok=True)
        shutil.copyfile(copy, self.ledger_path)


def _continue(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


_NO_LIMITS = dict.fromkeys(
    (
        "RISK_PRICE_MAX_AGE_MS",
        "RISK_PRICE_COLLAR_PCT",
        "RISK_PORTFOLIO_MAX_AGE_MS",
        "RISK_MAX_OPEN_ORDERS",
        "RISK_MAX_OPEN_POSITIONS",
        "RISK_MAX_EXPOSURE",
        "RISK_MAX_DAILY_LOSS_PCT",
        "KILL_FAILURES",
        "KILL_EXPOSURE",
        "KILL_ERROR_PCT",
        "KILL_DRIFT_SYNCS",
    ),
    "none",
)
"""A campaign is all that the triggers are there to stop; the kill in it is a person's."""


@contextmanager
def tended(house: House) -> Iterator[None]:
    """Tend a house all the time, in a thread of its own."""
    over, broken = threading.Event(), []

    def tend() -> None:
        try:
            while not over.wait(0.05):
                house.tend()
        except Exception as error:  # noqa: BLE001 - it is raised again where the campaign waits
            broken.append(error)

    thread = threading.Thread(target=tend, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)
    if broken:
        raise broken[0]


@contextmanager
def running_house(
    folder: Path, *, seed: int, caps: str, environ: Mapping[str, str] | None = None
) -> Iterator[House]:
    """Run Redis, a simulator that holds its caps, and the nursery under a folder of their own."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis(folder / "redis server"))
        simulator = stack.enter_context(
            running_simulator(folder / "simulator", seed, walk_ms=1_000, caps=caps, hold_caps=True)
        )
        wire = BreakingWire(redis.port)
        stack.callback(wire.close)
        variables = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("MEXC_", "ORDERDESK_"))},
            "REDIS_URL": redis.url,
            "MEXC_BASE_URL": simulator.base_url,
            "MEXC_RECV_WINDOW_MS": str(W_MS),
            "ORDERDESK_HOME": str(folder),
            "ORDERDESK_CAPS": caps,
            "ORDERDESK_WORKERS": "3",
            **_NO_LIMITS,
            "PYTHONUNBUFFERED": "1",
            **(environ or {}),
        }
        shared = folder / "shared"
        tickets, weather = Tickets(shared), Weather(shared)
        nursery = stack.enter_context(Nursery(shared, variables))
        settings = Settings.from_environment(variables)
        # Born here, so that the campaign can read it before the first worker is up.
        LedgerSql(settings.database_url, listener=lambda _event: None).close()
        house = House(folder, redis, simulator, wire, nursery, settings, tickets, weather)
        nursery.on_end = house.ended
        try:
            yield house
        finally:
            house.stop_all()
            house.wake_all()
