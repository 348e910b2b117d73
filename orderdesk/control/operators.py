"""Who may steer: an operator shows a token, the desk knows only its hash.

Tokens are 256 random bits, so a plain hash of one cannot be guessed back; what people would
choose as a password must not be used as one.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from orderdesk.errors import DeskError, InvalidOrder
from orderdesk.settings import Settings

TOKEN_BYTES = 32


def new_token(name: str) -> tuple[str, str]:
    """Return a new token, and its entry for ORDERDESK_OPERATORS.

    Raises:
        InvalidOrder: the name is not one that the setting takes.
    """
    if not re.fullmatch(r"[a-z0-9._-]{1,32}", name):
        raise InvalidOrder(f"{name!r}: an operator's name is 1 to 32 of a-z 0-9 . _ -", "name")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, f"{name}:{hashed(token)}"


def operator_of(settings: Settings, token_file: str | None = None) -> str:
    """Return the name of the operator whose token is shown, by file or by environment.

    Raises:
        DeskError: no operators are set up, no token was shown, or it is nobody's.
    """
    if not settings.operators:
        raise DeskError(
            "nobody may change limits yet: make a token with `orderdesk limits token NAME` and "
            "put its entry into ORDERDESK_OPERATORS"
        )
    token = _read(token_file) if token_file else settings.operator_token.get_secret_value()
    if not token:
        raise DeskError("show your token: ORDERDESK_OPERATOR_TOKEN(_FILE), or --token-file")
    owner = owner_of(token, settings.operators)
    if owner is None:
        raise DeskError("that token is no operator's")
    return owner


def owner_of(token: str, known: Mapping[str, str]) -> str | None:
    """Return the name of a token's owner among those known by hash; None if it is nobody's.

    Every hash is compared, each in constant time: neither what is wrong with a token nor whose
    it nearly was can be told from how long this takes.
    """
    shown = hashed(token)
    matching = [name for name, entry in known.items() if hmac.compare_digest(shown, entry)]
    return matching[0] if matching else None


def hashed(token: str) -> str:
    """Return what the desk knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DeskError(
            f"the token's file {path} cannot be read ({type(error).__name__})"
        ) from None
