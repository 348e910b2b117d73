"""What of a message is shown to those who watch the workers: Flower, events, `inspect`.

Producers write a text of all arguments into a message's headers, and whoever watches would see
that, whoever wrote it. So it is made anew here, of the fields that say what the work is.
"""

from collections.abc import Mapping
from typing import Any

from celery.worker.request import Request

from orderdesk import wiring

PLAIN = ("idempotency_key", "account", "symbol", "side", "type", "order", "until")
AMOUNTS = ("quantity", "quote_quantity", "price")

HIDDEN = "(hidden)"


def shown(fields: object, *, amounts: bool) -> str:
    """Return the fields that may be shown, as text.

    Only names of the two lists above are: a field that somebody invents is not shown.
    """
    if not isinstance(fields, Mapping):
        return ""
    names = (*PLAIN, *AMOUNTS) if amounts else PLAIN
    return repr({name: fields[name] for name in names if fields.get(name) is not None})


def told(event: Mapping[str, Any], *, amounts: bool) -> dict[str, Any]:
    """Return an event's fields; without amounts no report, no traceback, of an error its name."""
    if amounts:
        return dict(event)
    instead = {
        "result": HIDDEN,
        "exception": str(event.get("exception", "")).partition("(")[0],
        "traceback": "",
    }
    return {name: instead.get(name, value) for name, value in event.items()}


class ShownRequest(Request):  # type: ignore[misc]  # celery ships no types
    """A message in a worker's hands, as others see it (`ORDERDESK_FLOWER_AMOUNTS`)."""

    def __init__(self, message: Any, *args: Any, **options: Any) -> None:
        super().__init__(message, *args, **options)
        self._amounts = wiring.settings().flower_amounts
        self._argsrepr = "()"
        self._kwargsrepr = shown(self._kwargs, amounts=self._amounts)

    def send_event(self, type: str, **fields: Any) -> None:  # noqa: A002 - Celery's own name
        """Tell those who watch."""
        super().send_event(type, **told(fields, amounts=self._amounts))
