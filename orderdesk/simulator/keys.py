"""API keys: whose account one opens, what it may do, and the number MEXC knows the account by."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

# A UID has eight digits here; MEXC fixes no length, a client must keep it as text.
_FIRST_UID, _UIDS = 10_000_000, 90_000_000


class KeyMisspelled(ValueError):
    """Raised for a key or an account that cannot be opened: (what is wrong, and what to give)."""


class Permission(StrEnum):
    """What a key may do on spot; wallet and futures permissions open nothing here.

    Source: MEXC spot v3 docs, "Api Key permissions", Jan 2026.
    """

    READ_ACCOUNT = "SPOT_ACCOUNT_READ"
    WRITE_ACCOUNT = "SPOT_ACCOUNT_WRITE"
    READ_ORDERS = "SPOT_DEAL_READ"
    WRITE_ORDERS = "SPOT_DEAL_WRITE"
    READ_WALLET = "SPOT_WITHDRAW_READ"


EVERYTHING = frozenset(Permission)


@dataclass(frozen=True, slots=True)
class Key:
    """An API key's secret, whose account it opens, and what it may not do.

    `closed_symbols` are those that MEXC has not opened for this key: 10007, and absent from
    selfSymbols.
    """

    secret: str
    account: str
    permissions: frozenset[Permission] = EVERYTHING
    closed_symbols: frozenset[str] = frozenset()


def read_permissions(names: Iterable[object]) -> frozenset[Permission]:
    """Read MEXC's names of permissions.

    Raises:
        KeyMisspelled: there is no such permission.
    """
    try:
        return frozenset(Permission(str(name)) for name in names)
    except ValueError as error:
        raise KeyMisspelled(f"{error}; there are {', '.join(Permission)}") from None


def read_key(text: str) -> tuple[str, Key]:
    """Read `ACCOUNT=KEY:SECRET` into the API key and what it opens.

    Raises:
        KeyMisspelled: a part is missing.
    """
    account, _, rest = text.partition("=")
    api_key, _, secret = rest.partition(":")
    if not (account and api_key and secret):
        raise KeyMisspelled(f"{text!r} must be ACCOUNT=KEY:SECRET")
    return api_key, Key(secret, account)


def uid_of(account: str) -> str:
    """Give the UID of an account: a function of its name, so the same after every restart."""
    number = int.from_bytes(blake2b(account.encode(), digest_size=8).digest())
    return str(_FIRST_UID + number % _UIDS)
