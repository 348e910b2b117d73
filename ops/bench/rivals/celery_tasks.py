"""Bare Celery tasks: one posts the signed request, one has ccxt do it, one writes it down too."""

from typing import Any

from celery import Celery

from ops.bench.rivals import account, writes

app = Celery("rival", broker=account.REDIS_URL, backend=account.REDIS_URL)
app.conf.broker_connection_retry_on_startup = True
app.conf.task_default_queue = "rival"
app.conf.worker_prefetch_multiplier = 1


@app.task(name="signed_request")  # type: ignore[untyped-decorator]  # celery ships no types
def signed_request(name: str) -> dict[str, Any]:
    """Post one order."""
    return account.post_signed(name)


@app.task(name="with_ccxt")  # type: ignore[untyped-decorator]  # celery ships no types
def with_ccxt(name: str) -> dict[str, Any]:
    """Create one order by ccxt."""
    return account.create_with_ccxt(name)


@app.task(name="with_its_writes", acks_late=True)  # type: ignore[untyped-decorator]  # celery ships no types
def with_its_writes(name: str) -> dict[str, Any]:
    """Post one order, with the writes that the desk's promise is made of."""
    return writes.place(name)
