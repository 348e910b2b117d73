"""API keys: whose account one opens, and the number that MEXC knows that account by."""

from dataclasses import dataclass
from hashlib import blake2b

# A UID has eight digits here; MEXC fixes no length, a client must keep it as text.
_FIRST_UID, _UIDS = 10_000_000, 90_000_000


@dataclass(frozen=True, slots=True)
class Key:
    """An API key's secret, and whose account it opens."""

    secret: str
    account: str


def uid_of(account: str) -> str:
    """Give the UID of an account: a function of its name, so the same after every restart."""
    number = int.from_bytes(blake2b(account.encode(), digest_size=8).digest())
    return str(_FIRST_UID + number % _UIDS)
