"""Ask the desk as any producer asks it, and wait for the answer for a while."""

from collections.abc import Mapping
from typing import Any

from celery.exceptions import TimeoutError as NoAnswer

from orderdesk.client import Producer
from orderdesk.errors import OutcomeUnknown
from orderdesk.settings import Settings

WAIT_S = 30.0
"""Longer than a lost answer takes to be resolved: fence and visibility lag are below 25 s."""


def answer_of(call: str, fields: Mapping[str, Any], *, wait_s: float, then: str) -> Any:
    """Make a call, and return its result as it crosses the queue.

    Args:
        call: a name of `orderdesk.client`.
        fields: its fields; those that are None are left out.
        wait_s: how long to wait.
        then: what to do if no answer comes in time.

    Raises:
        OutcomeUnknown: no answer came in time; the call is kept and goes on.
        DeskError: what the call itself raised, in the worker or before it was queued.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    producer = Producer(Settings.from_environment(needs_keys=False))
    result = producer.handle(call).delay(**given)
    try:
        return result.get(timeout=wait_s)
    except NoAnswer:
        pass
    finally:
        # Celery listens for a result until it is thrown away; when that is at the end of Python,
        # it fails over many lines.
        result.backend.remove_pending_result(result)
        result.backend.result_consumer.stop()
    key = str(given.get("idempotency_key", ""))
    told = f"no answer within {wait_s:g} s; the call is kept and goes on. {then}"
    raise OutcomeUnknown(told, key, str(result.id))
