"""Limits at run time: what holds and why, and changing one, recorded."""

from dataclasses import dataclass
from decimal import Decimal

from orderdesk.core.money import canonical
from orderdesk.core.risk.limits import LIMITS, NO_LIMIT, LimitChange, read_limit
from orderdesk.errors import InvalidOrder
from orderdesk.flows import gate
from orderdesk.ports import Desk

DEFAULT = "default"
"""As a new value: from now on the settings' own again."""


@dataclass(frozen=True, slots=True)
class InForce:
    """One limit as it holds now, and where it comes from."""

    name: str
    value: str
    source: str


def in_force(desk: Desk, account: str, symbol: str) -> list[InForce]:
    """Return every limit that holds for an account, or for a symbol on it."""
    standing = desk.ledger.standing(account, symbol)
    limits = gate.limits_of(desk.rules, standing)
    layers = (
        (f"set at run time for {account}/{symbol}", standing.symbol.limits if symbol else {}),
        (f"RISK_LIMITS of {account}/{symbol}", desk.rules.scoped.get((account, symbol), {})),
        (f"set at run time for {account}", standing.account.limits),
        (f"RISK_LIMITS of {account}", desk.rules.scoped.get((account, ""), {})),
    )
    return [
        InForce(
            name,
            _text(getattr(limits, name)),
            next((source for source, layer in layers if name in layer), limit.setting),
        )
        for name, limit in LIMITS.items()
    ]


def change(
    desk: Desk, *, account: str, symbol: str, name: str, value: str, by: str, reason: str
) -> LimitChange:
    """Change one limit from now on, for every worker; return it with the value it had.

    Raises:
        InvalidOrder: there is no such limit or account, or the value is none that it takes.
    """
    if account not in desk.rules.accounts:
        raise InvalidOrder(f"this desk trades for {', '.join(desk.rules.accounts)}", "account")
    try:
        read_limit(name, NO_LIMIT if value == DEFAULT else value, symbol=symbol)
    except ValueError as error:
        raise InvalidOrder(str(error), name, value) from None
    return desk.ledger.set_limit(
        LimitChange(
            at_ms=desk.time.now_ms(),
            account=account,
            symbol=symbol,
            name=name,
            old=None,
            new=None if value == DEFAULT else value,
            by=by,
            reason=reason,
        )
    )


def _text(value: object) -> str:
    if value is None:
        return NO_LIMIT
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    return canonical(value) if isinstance(value, Decimal) else str(value)
