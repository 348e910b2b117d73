"""The same over dramatiq, with its results kept in Redis too."""

from typing import Any

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

from ops.bench.rivals import account

broker = RedisBroker(url=account.REDIS_URL)  # type: ignore[no-untyped-call]  # dramatiq's
results = RedisBackend(url=account.REDIS_URL)
broker.add_middleware(Results(backend=results))  # type: ignore[no-untyped-call]  # dramatiq's
dramatiq.set_broker(broker)


@dramatiq.actor(store_results=True, max_retries=0)
def with_ccxt(name: str) -> dict[str, Any]:
    """Create one order by ccxt."""
    return account.create_with_ccxt(name)
