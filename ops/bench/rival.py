"""The others as contenders: bare Celery, Celery with ccxt, dramatiq with ccxt, and no queue."""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests
from celery import Celery
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results.backends import RedisBackend

from ops.bench.contender import Contender, Names, Shape
from ops.bench.hearing import Hearing
from ops.bench.rig import Processes, plain_environment, processes
from ops.bench.rivals.signed import signed
from orderdesk.simulator.running import RunningSimulator
from orderdesk.stores.embedded_redis import RunningRedis
from orderdesk.stores.redis_door import connect

SIGNED, CCXT, DRAMATIQ, LOOP = "bare Celery", "Celery + ccxt", "dramatiq + ccxt", "bare loop"
WRITES = "only its writes"
"""Bare Celery with the writes of the promise and nothing else: the floor of what it costs."""
TASKS = {SIGNED: "signed_request", CCXT: "with_ccxt", WRITES: "with_its_writes"}


class Account:
    """A rival's own account on the simulator, so that nobody stands in another's way."""

    def __init__(self, simulator: RunningSimulator, name: str) -> None:
        self.simulator = simulator
        self.name = name.replace(" ", "-").replace("+", "and")
        self.key, self.secret = f"key-{self.name}", f"secret-{self.name}"
        simulator.door.open_account(self.name, self.key, self.secret)

    def environ(self, redis_url: str) -> dict[str, str]:
        """Return what `rivals/account.py` reads."""
        return {
            "RIVAL_BASE_URL": self.simulator.base_url, "RIVAL_REDIS_URL": redis_url,
            "RIVAL_KEY": self.key, "RIVAL_SECRET": self.secret,
        }  # fmt: skip

    def clear(self) -> None:
        """Cancel all that rests, in one request."""
        url = f"{self.simulator.base_url}/api/v3/order/all?{signed({}, self.secret)}"
        headers = {"X-MEXC-APIKEY": self.key, "Content-Type": "application/json"}
        answer = requests.delete(url, headers=headers, timeout=10)
        answer.raise_for_status()


class Queued(Names):
    """A rival behind a queue, with its account and its worker processes."""

    def __init__(
        self, name: str, redis: RunningRedis, account: Account, running: Processes, pattern: str
    ) -> None:
        super().__init__()
        self.name = name
        self.redis = connect(redis.url)
        self.hearing = Hearing(self.redis, pattern)
        self._account = account
        self._running = running

    @property
    def pids(self) -> Sequence[int]:
        """The workers."""
        return self._running.pids

    @property
    def placing(self) -> Sequence[int]:
        """The workers."""
        return self._running.pids

    def clear(self) -> None:
        """Cancel all that rests."""
        self._account.clear()


class OverCelery(Queued):
    """A bare Celery task, with Celery's own defaults but for the prefetch."""

    def __init__(
        self, name: str, redis: RunningRedis, account: Account, running: Processes, shape: Shape
    ) -> None:
        super().__init__(name, redis, account, running, "celery-task-meta-*")
        self._app = Celery("rival", broker=redis.url, backend=redis.url)
        for n in range(shape.workers):
            running.start(
                "celery", "-A", "ops.bench.rivals.celery_tasks", "worker", "-n", f"rival{n}@bench",
                "-Q", account.name, "-P", shape.pool, "-c", str(shape.concurrency),
                "--without-gossip", "--without-mingle",
            )  # fmt: skip

    def submit(self) -> str:
        """Call the task."""
        name = uuid.uuid4().hex
        result = self._app.send_task(TASKS[self.name], (name,), queue=self._account.name)
        channel = f"celery-task-meta-{result.id}"
        self.of[channel] = name
        return channel


class OverDramatiq(Queued):
    """The same with ccxt in an actor of dramatiq."""

    def __init__(
        self, name: str, redis: RunningRedis, account: Account, running: Processes, shape: Shape
    ) -> None:
        # dramatiq tells nobody that a result is there: the server does, for every list it fills.
        connect(redis.url).config_set("notify-keyspace-events", "Kl")
        super().__init__(name, redis, account, running, "__keyspace@0__:" + "?" * 32)
        self._broker = RedisBroker(url=redis.url)  # type: ignore[no-untyped-call]  # dramatiq's
        self._results = RedisBackend(url=redis.url)
        running.start(
            "dramatiq", "ops.bench.rivals.dramatiq_actors", "--processes", str(shape.workers),
            "--threads", str(shape.concurrency),
        )  # fmt: skip

    def submit(self) -> str:
        """Send the actor its message."""
        name = uuid.uuid4().hex
        message: Message[object] = Message(
            queue_name="default", actor_name="with_ccxt", args=(name,), kwargs={}, options={}
        )
        self._broker.enqueue(message)
        channel = f"__keyspace@0__:{self._results.build_message_key(message)}"
        self.of[channel] = name
        return channel


class Loop(Queued):
    """No queue at all: a producer that posts, one order after another."""

    def __init__(
        self, name: str, redis: RunningRedis, account: Account, running: Processes, _shape: Shape
    ) -> None:
        super().__init__(name, redis, account, running, "nobody-speaks-here")
        os.environ.update(account.environ(redis.url))
        from ops.bench.rivals import account as own  # noqa: PLC0415 - reads the environment

        self._post = own.post_signed

    def submit(self) -> str:
        """Post, and have the answer."""
        name = uuid.uuid4().hex
        self._post(name)
        self.of[name] = name
        self.hearing.heard[name] = time.time_ns() // 1_000, None
        return name


Kind = Callable[[str, RunningRedis, Account, Processes, Shape], "OverCelery | OverDramatiq | Loop"]

KINDS: dict[str, Kind] = {
    SIGNED: OverCelery,
    CCXT: OverCelery,
    WRITES: OverCelery,
    DRAMATIQ: OverDramatiq,
    LOOP: Loop,
}


@contextmanager
def running_rival(
    name: str, folder: Path, redis: RunningRedis, simulator: RunningSimulator, shape: Shape
) -> Iterator[Contender]:
    """Run one of the rivals until the block ends."""
    account = Account(simulator, name)
    environ = {
        **plain_environment(), **account.environ(redis.url),
        "RIVAL_LEDGER": str(folder / "attempts.db"),
    }  # fmt: skip
    with processes(folder, environ) as running:
        rival = KINDS[name](name, redis, account, running, shape)
        try:
            yield rival
        finally:
            rival.hearing.close()
