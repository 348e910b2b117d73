"""What is asked of the account itself: whose it is, what it holds and may do, what its key trades.

How a request is paced, signed and sent is not here: `ask` does it.
Source: MEXC spot v3 docs, "Spot Account/Trade", Jan 2026.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orderdesk.core.answers import Balance, Rights
from orderdesk.core.tokens import Cost
from orderdesk.errors import ExchangeDenied, ExchangeRefused
from orderdesk.exchanges.mexc import fields, limits, spot_wire
from orderdesk.exchanges.mexc.error_codes import NO_PERMISSION
from orderdesk.exchanges.mexc.signing import Pairs

Ask = Callable[[Cost, Pairs], Any]
"""Asks one signed question; returns the content of the answer."""


def balances(ask: Ask) -> Sequence[Balance]:
    """Return every asset the account holds."""
    rows = fields.rows(ask(limits.ACCOUNT, []), "balances")
    return [spot_wire.balance(row) for row in rows]


def rights(ask: Ask) -> Rights:
    """Return what the account may do.

    `canWithdraw` is the account's; no documented endpoint tells what the key in use may
    (`apiKeyInfo`, seen in 2026, is in no document that we could read, and is not asked).
    """
    return fields.read(ask(limits.ACCOUNT, []), _rights)


def uid(ask: Ask) -> str | None:
    """Return the account's number; None where MEXC does not tell it to this key.

    Not telling is: no such endpoint (it is of 2025-09-17), no permission for it (700007).
    """
    try:
        return spot_wire.uid(ask(limits.UID, []))
    except ExchangeRefused as error:
        if isinstance(error, ExchangeDenied) and error.code != NO_PERMISSION:
            raise
        return None


def allowed_symbols(ask: Ask) -> frozenset[str] | None:
    """Return what this key may trade; None where the venue does not tell.

    An empty list is no telling: a key that may trade nothing is not worth having, and the
    venue refuses by itself (10007) what it does not allow.
    """
    try:
        content = ask(limits.SELF_SYMBOLS, [])
    except ExchangeDenied:
        raise
    except ExchangeRefused:
        return None
    listed = content.get("data") if isinstance(content, dict) else None
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        return None
    return frozenset(listed) or None


def _rights(row: Mapping[str, Any]) -> Rights:
    permissions = row.get("permissions") or ()
    if not isinstance(permissions, (list, tuple)):
        raise ValueError(f"permissions of an unknown shape: {permissions!r}")
    return Rights(
        can_trade=_flag(row, "canTrade"),
        can_withdraw=_flag(row, "canWithdraw"),
        permissions=tuple(str(word) for word in permissions),
    )


def _flag(row: Mapping[str, Any], name: str) -> bool | None:
    return None if row.get(name) is None else fields.flag(row[name])
