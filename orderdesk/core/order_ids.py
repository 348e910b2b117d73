"""The names of an order: every one a pure function of what the producer said.

No clock, no attempt number, no randomness: what must survive a restart can be
computed again, and a repeated call finds the same order. The one exception,
`mint_key`, is called once by a producer that gave no key of its own.
"""

import base64
import hashlib
import uuid
from collections.abc import Mapping

CLIENT_ORDER_ID_PREFIX = "od1-"
"""Tells our orders from foreign ones on the exchange; a new scheme gets a new prefix."""

_ID_LETTERS = 28
"""28 base32 letters are 140 bits; with the prefix 32 characters, which is MEXC's limit.

Source: live server text `^[0-9a-zA-Z_-]{1,32}$`, code 700008 (probe of 2026-09-25).
"""

_TASKS = uuid.UUID("6f1c2f0e-6f64-5f31-9d5c-0a6f72646572")
PARAMETERS_VERSION = "1"


def mint_key() -> str:
    """Return a new idempotency key for a producer that gave none: `m-` and a UUIDv4."""
    return f"m-{uuid.uuid4()}"


def client_order_id(account: str, idempotency_key: str) -> str:
    """Return the id under which the exchange knows the order, the same on every attempt."""
    digest = hashlib.sha256(_joined("client-order-id", account, idempotency_key)).digest()
    letters = base64.b32encode(digest).decode("ascii").lower()[:_ID_LETTERS]
    return CLIENT_ORDER_ID_PREFIX + letters


def is_ours(exchange_client_id: str | None) -> bool:
    """Tell whether an order found on the exchange was placed by some orderdesk."""
    return bool(exchange_client_id) and str(exchange_client_id).startswith(CLIENT_ORDER_ID_PREFIX)


def parameter_hash(parameters: Mapping[str, str]) -> str:
    """Hash what makes an order this order; values must be canonical text.

    Deadline and trace id are left out by the caller: a repeat may differ in them.
    """
    pairs = [f"{name}={parameters[name]}" for name in sorted(parameters)]
    return hashlib.sha256(_joined(PARAMETERS_VERSION, *pairs)).hexdigest()


def task_id(account: str, idempotency_key: str, hash_of_parameters: str) -> str:
    """Return the Celery task id: a repeat shares the AsyncResult, a conflict has its own."""
    name = _joined(account, idempotency_key, hash_of_parameters).decode()
    return str(uuid.uuid5(_TASKS, name))


def _joined(*parts: str) -> bytes:
    """Join with lengths in front, so that no two lists of parts give the same bytes."""
    return "".join(f"{len(part)}:{part}" for part in parts).encode()
