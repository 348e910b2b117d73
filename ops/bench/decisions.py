"""Measure what a decision of the throttle costs, beside two libraries that decide yes or no.

1, 2, 4 and 8 processes ask one Redis as fast as they can, in turn: our throttle (three pools, a
slot each time), `limits` (moving window, one pool) and `pyrate-limiter` (Redis bucket, one pool).
Limits are so wide that nobody is refused. Figures of one run may be compared with each other only.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from pyrate_limiter import Duration, Limiter, Rate, RedisBucket
from redis import Redis

from orderdesk.core.tokens import Caps, Cost, Lane
from orderdesk.stores.embedded_redis import running_redis
from orderdesk.stores.redis_door import connect
from orderdesk.stores.throttle_redis import ThrottleRedis

WIDE = 600
"""Orders and requests a second: as wide as the profile `campaign`. Lists are as long as in use."""

ORDER = Cost("POST /api/v3/order", 1, orders=1)


def ours(url: str) -> Callable[[], object]:
    """Book a slot in three pools; one that lies too far ahead is an answer too."""
    caps = Caps("bench", WIDE, WIDE, WIDE * 10)
    throttle = ThrottleRedis(
        connect(url), desk_id="bench", caps=caps, buffer=Fraction(4, 5), unknown_ms=0
    )
    return lambda: throttle.book("main", ORDER, Lane.PLACE)


def limits_library(url: str) -> Callable[[], object]:
    """Ask the moving window of `limits`."""
    limiter = MovingWindowRateLimiter(RedisStorage(url))
    item = RateLimitItemPerSecond(WIDE)
    return lambda: limiter.hit(item, "orders")


def pyrate_library(url: str) -> Callable[[], object]:
    """Ask the Redis bucket of `pyrate-limiter`."""
    bucket = RedisBucket.init([Rate(WIDE, Duration.SECOND)], Redis.from_url(url), "pyrate")
    limiter = Limiter(bucket)
    return lambda: limiter.try_acquire("orders", blocking=False)


KINDS: Mapping[str, Callable[[str], Callable[[], object]]] = {
    "orderdesk, 3 pools": ours,
    "limits, moving window": limits_library,
    "pyrate-limiter, Redis bucket": pyrate_library,
}


def ask(address: tuple[str, str, float]) -> tuple[int, float]:
    """Ask for so long; return how often and how long it took in all."""
    url, kind, span_s = address
    decide = KINDS[kind](url)
    decide()
    count, begun_s = 0, time.perf_counter()
    while time.perf_counter() - begun_s < span_s:
        decide()
        count += 1
    return count, time.perf_counter() - begun_s


def main() -> int:
    """Measure every kind with every number of processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--span-s", type=float, default=3.0, help="how long each is measured")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4, 8])
    args = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="bench-decisions-") as folder,
        running_redis(Path(folder) / "redis") as redis,
    ):
        for processes in args.processes:
            for kind in KINDS:
                with context.Pool(processes) as pool:
                    jobs = [(redis.url, kind, args.span_s)] * processes
                    told = pool.map(ask, jobs, chunksize=1)
                per_s = sum(count / took_s for count, took_s in told)
                each_us = 1e6 * processes / per_s
                sys.stdout.write(
                    f"{processes} processes  {kind:<30} {per_s:8.0f} decisions/s  "
                    f"{each_us:7.0f} µs each\n"
                )
                sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
