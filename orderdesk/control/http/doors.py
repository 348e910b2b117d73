"""Who is let in: a reader may look, an operator may look and act, nobody else may anything.

The desk knows hashes of tokens only (`control/operators.py`). Nobody is set up: nobody is let in.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from orderdesk.control.http.house import House, house_of
from orderdesk.control.operators import hashed, owner_of
from orderdesk.control.paper_access import PAPER, paper_token
from orderdesk.settings import Mode, Settings

_NOBODY = (
    "nobody is set up to use this: put operators into ORDERDESK_OPERATORS and readers into "
    "ORDERDESK_READERS; `orderdesk limits token NAME` makes a token and its entry"
)


def operators_of(settings: Settings) -> dict[str, str]:
    """Return who may act, by name: the hash of each one's token.

    In TEST the desk's own user is one of them; in LIVE only who was named.
    """
    if settings.mode is not Mode.TEST:
        return dict(settings.operators)
    return {PAPER: hashed(paper_token(settings.home)), **settings.operators}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token was shown."""

    name: str
    acts: bool


_shown = HTTPBearer(
    auto_error=False, description="A reader's token, or an operator's, who may act too."
)


def caller(
    house: Annotated[House, Depends(house_of)],
    shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_shown)],
) -> Caller:
    """Return whose token was shown; 401 if it is nobody's."""
    if not house.operators and not house.readers:
        raise _unknown(_NOBODY)
    if shown is None:
        raise _unknown("show a token: `Authorization: Bearer …`")
    # Both lists are gone through, whatever the first one says: see `owner_of`.
    operator = owner_of(shown.credentials, house.operators)
    reader = owner_of(shown.credentials, house.readers)
    name = operator or reader
    if name is None:
        raise _unknown("that token is nobody's")
    return Caller(name, acts=operator is not None)


def reader(found: Annotated[Caller, Depends(caller)]) -> str:
    """Return the name of who may look."""
    return found.name


def operator(found: Annotated[Caller, Depends(caller)], request: Request) -> str:
    """Return the name of who may act; 403 if this one may only look."""
    if not found.acts:
        raise HTTPException(
            403, f"{found.name} may look but not act: {request.method} takes an operator's token"
        )
    return found.name


Known = Annotated[Caller, Depends(caller)]
Reader = Annotated[str, Depends(reader)]
Operator = Annotated[str, Depends(operator)]


def _unknown(why: str) -> HTTPException:
    return HTTPException(401, why, {"WWW-Authenticate": "Bearer"})
