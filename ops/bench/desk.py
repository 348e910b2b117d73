"""The desk as a contender: its placing workers, the others that the Procfile starts, and beat."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.bench.contender import Shape
from ops.bench.hearing import Hearing
from ops.bench.rig import PATIENCE_S, Processes, plain_environment, processes, until
from orderdesk.client import Producer
from orderdesk.settings import Settings
from orderdesk.simulator.running import RunningSimulator
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.ledger_sql.ledger import LedgerSql
from orderdesk.stores.redis_door import connect

ORDER: Mapping[str, Any] = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.0002", "price": "50000",
    "valid_for_ms": 600_000,
}  # fmt: skip
OPEN_LIMITS: Mapping[str, str] = {
    "RISK_MAX_EXPOSURE": "none", "KILL_EXPOSURE": "none", "KILL_FAILURES": "none",
    "KILL_ERROR_PCT": "none", "KILL_DRIFT_SYNCS": "none", "RISK_PRICE_MAX_AGE_MS": "600000",
    "LOG_LEVEL": "ERROR",
}  # fmt: skip
"""A bench is about time: no limit in dollars, no old price and no trigger ends it early."""
QUIET = ("--without-gossip", "--without-mingle")


class Desk:
    """The whole protocol, with durable commits and late acknowledgement as always."""

    name = "orderdesk"

    def __init__(self, environ: Mapping[str, str], running: Processes, shape: Shape) -> None:
        self._running = running
        chosen = Settings.from_environment(environ)
        self.ledger = LedgerSql(chosen.database_url, listener=lambda _event: None)
        self._producer = Producer(chosen)
        self.redis = connect(chosen.redis_url)
        self.hearing = Hearing(self.redis, "celery-task-meta-*")
        self._placing = [
            running.start(
                "celery", "-A", "tasks", "worker", "-n", f"placing{n}@bench", "-Q", "placing",
                "-P", shape.pool, "-c", str(shape.concurrency), "-E", *QUIET,
            )
            for n in range(shape.workers)
        ]  # fmt: skip
        for name, queues, count in (
            ("cancelling", "cancelling,account", "8"),
            ("upkeep", "upkeep,dead_letter", "4"),
        ):
            running.start(
                "celery", "-A", "tasks", "worker", "-n", f"{name}@bench", "-Q", queues,
                "-P", "threads", "-c", count, "-E", *QUIET,
            )  # fmt: skip
        running.start("celery", "-A", "tasks", "beat")

    @property
    def pids(self) -> Sequence[int]:
        """Placing, cancelling, upkeep and beat."""
        return self._running.pids

    @property
    def placing(self) -> Sequence[int]:
        """The placing workers."""
        return self._placing

    def submit(self) -> str:
        """Call `place_order.delay` with a key that the call mints."""
        result = self._producer.handle("place_order").delay(**ORDER)
        return f"celery-task-meta-{result.id}"

    def ordered(self, **fields: str) -> Mapping[str, Any]:
        """Order once, and wait for the report."""
        result = self._producer.handle("place_order").delay(**fields)
        report: Mapping[str, Any] = result.get(timeout=PATIENCE_S)
        return report

    def order_name(self, _channel: str, said: Any) -> str:
        """Read it out of the report."""
        report = json.loads(said)["result"]
        if report.get("status") != "NEW":
            raise SystemExit(f"bench: an order did not come to rest: {report}")
        return str(report["client_order_id"])

    def clear(self) -> None:
        """Cancel all by the desk's own call."""
        self._producer.handle("cancel_all_orders").delay().get(timeout=PATIENCE_S)
        until(lambda: not self.ledger.live("main"), "orders were not cancelled")

    def close(self) -> None:
        """Let go of what this process holds."""
        self.hearing.close()
        self.ledger.close()


@contextmanager
def running_desk(
    folder: Path,
    redis: RunningRedis,
    simulator: RunningSimulator,
    shape: Shape | None = None,
    **settings: str,
) -> Iterator[Desk]:
    """Run the desk until the block ends; it has placed once when the block begins."""
    shape = shape or Shape()
    environ = {
        **plain_environment(), **OPEN_LIMITS,
        "REDIS_URL": redis.url, "MEXC_BASE_URL": simulator.base_url,
        "ORDERDESK_HOME": str(folder), "ORDERDESK_CAPS": "campaign",
        "ORDERDESK_WORKERS": str(shape.workers), **settings,
    }  # fmt: skip
    with processes(folder, environ) as running:
        desk = Desk(environ, running, shape)
        try:
            yield desk
        finally:
            desk.close()
