"""A bootstep that makes Celery's `rate_limit` mean what it says.

As shipped, a backlog of tasks with `rate_limit="12/s"` runs at 1-6 a second. The limiter
arms a timer for every message that has to wait and never takes one back while others wait:
each looks whether a token is due, and arms itself again. kombu's `Hub.fire_timers` fires at
most 10 timers per pass of the event loop and, when that was not all, sleeps for its
`min_delay`: a whole second, unless a socket stirs.

The step keeps one timer per limit, for the head of the line. Giving the hub a shorter
`min_delay` instead was measured too: the rate comes close (41/s of 50/s), but the timers
still pile up, one per message of the backlog (2,000 after 45 s), and everything else that
waits on the worker's timer is late: countdowns, heartbeats, redelivery.

Seen with celery 5.7.0 and kombu 5.7.0, Nov 2026, and with 5.6.2 of both before
(celery/celery issue 5927, open since 2020). `tests/tasks/test_rate_limit_step.py` measures
it and says when Celery no longer needs this file.

The limit is per worker process and per task. It is the second line: what all workers may
send together is decided by the shared throttle in Redis. Nothing else belongs here.
"""

from typing import Any

from celery import bootsteps
from celery.utils.time import rate
from kombu.utils.limits import TokenBucket

SPARE_TOKENS = 2
"""How many tokens a limit keeps, where Celery's keeps one: what falls due while the loop is late is
lost then, and workers whose limits sum to exactly the budget never use it up."""


class OneTimerPerLimit(bootsteps.Step):  # type: ignore[misc]  # celery ships no types
    """Replace the consumer's limiter methods before its strategies pick them up."""

    def create(self, consumer: Any) -> None:
        """Give the consumer a line per limit that keeps exactly one timer."""
        line = _Line(consumer)
        consumer._schedule_bucket_request = line.look
        consumer._limit_task = line.join
        consumer._limit_post_eta = line.join_after_countdown
        consumer.bucket_for_task = _bucket_for
        consumer.reset_rate_limits()  # it has made Celery's already


def _bucket_for(task: Any) -> TokenBucket | None:
    per_s = rate(getattr(task, "rate_limit", None))
    if not per_s:
        return None
    return TokenBucket(per_s, capacity=SPARE_TOKENS)  # type: ignore[no-untyped-call]  # kombu's


class _Line:
    """What waits for tokens, bucket by bucket."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._look_as_shipped = consumer._schedule_bucket_request
        self._has_timer: set[Any] = set()

    def join(self, request: Any, bucket: Any, tokens: int) -> None:
        bucket.add((request, tokens))
        if bucket not in self._has_timer:
            self.look(bucket)

    def join_after_countdown(self, request: Any, bucket: Any, tokens: int) -> None:
        self._consumer.qos.decrement_eventually()
        self.join(request, bucket, tokens)

    def look(self, bucket: Any) -> None:
        """Start what has its token; Celery's own code arms a timer if anything is left."""
        self._has_timer.discard(bucket)
        broke = True
        try:
            self._look_as_shipped(bucket)
            broke = False
        finally:
            if bucket.contents:
                self._has_timer.add(bucket)
                if broke:  # no timer was armed, and without one the line would stand still
                    self._consumer.timer.call_after(0, self.look, (bucket,))


def register(app: Any) -> None:
    """Make every worker of a Celery app keep its rate limits; calling it twice does no harm."""
    app.steps["consumer"].add(OneTimerPerLimit)
