"""A whole desk in processes of its own: Redis, simulator and workers, for the length of a test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from orderdesk.client import Handle, Producer
from orderdesk.core.intents import Intent
from orderdesk.core.queues import QUEUES
from orderdesk.settings import Settings
from orderdesk.simulator.door import Door
from orderdesk.simulator.running import RunningSimulator, running_simulator
from orderdesk.stores.embedded_redis import RunningRedis, running_redis
from orderdesk.stores.ledger_sql.ledger import LedgerSql

T = TypeVar("T")

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


@dataclass
class RunningDesk:
    """What a test may do with a running desk."""

    home: Path
    redis: RunningRedis
    simulator: RunningSimulator
    environ: Mapping[str, str]
    producer: Producer
    ledger: LedgerSql
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def door(self) -> Door:
        """The simulator's admin door."""
        return self.simulator.door

    def call(self, name: str) -> Handle:
        """The handle of one call, as a producer has it."""
        return self.producer.handle(name)

    def start_worker(
        self,
        name: str,
        *,
        queues: tuple[str, ...] = QUEUES,
        options: tuple[str, ...] = (),
        within: Sequence[str] = (),
    ) -> None:
        """Start one real worker process, without waiting for it.

        `options` win over ours; `within` puts it somewhere.
        """
        ours = ("-n", f"{name}@test", "-Q", ",".join(queues), "-c", "8")
        words = ("worker", *ours, "--without-gossip", "--without-mingle", *options)
        self._start(name, *words, within=within)

    def start_beat(self) -> None:
        """Start a real beat."""
        self._start("beat", "beat")

    def _start(self, name: str, *words: str, within: Sequence[str] = ()) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.workers[name] = subprocess.Popen(
                [*within, sys.executable, "-m", "celery", "-A", "tasks", *words],
                cwd=CHECKOUT,
                env=dict(self.environ),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill -9, and whatever it stands in."""
        process = self.workers.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> None:
        """End a process as a supervisor would, and kill it if it does not."""
        process = self.workers.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def intent(self, key: str, account: str = "main") -> Intent | None:
        """What the ledger says of an order."""
        return self.ledger.intent(account, key)

    def orders_of(self, client_order_id: str) -> list[dict[str, Any]]:
        """What the exchange really holds under a client order id."""
        orders = self.door.state()["orders"]
        return [order for order in orders if order["clientOrderId"] == client_order_id]

    def until(self, truth: Callable[[], T | None], *, within_s: float = PATIENCE_S) -> T:
        """Return the first true answer; fail with the workers' last words if none comes."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            found = truth()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"it did not come true within {within_s} s\n{self.last_words()}")

    def last_words(self, lines: int = 40) -> str:
        """The ends of all logs."""
        texts = []
        for path in sorted(self.home.glob("*.log")):
            tail = path.read_text(errors="replace").splitlines()[-lines:]
            texts.append("\n".join([f"--- {path.name}", *tail]))
        return "\n".join(texts)


@contextmanager
def running_desk(home: Path, **settings: str) -> Iterator[RunningDesk]:
    """Run Redis and a simulator under `home`; workers are the test's to start."""
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis(home / "redis server"))
        simulator = stack.enter_context(running_simulator(home / "simulator", walk_ms=0))
        environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("MEXC_", "ORDERDESK_"))},
            "REDIS_URL": redis.url,
            "MEXC_BASE_URL": simulator.base_url,
            "ORDERDESK_HOME": str(home),
            "ORDERDESK_CAPS": "campaign",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        chosen = Settings.from_environment(environ)
        ledger = LedgerSql(chosen.database_url, listener=lambda _event: None)
        desk = RunningDesk(home, redis, simulator, environ, Producer(chosen), ledger)
        try:
            yield desk
        finally:
            for name in list(desk.workers):
                desk.stop(name)
            ledger.close()
