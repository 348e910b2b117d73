"""Dead letters: work that could not be finished, and what a person does about it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from orderdesk.control.http import bodies, views
from orderdesk.control.http.doors import Operator, Reader
from orderdesk.control.http.house import Inside
from orderdesk.control.http.noes import noes
from orderdesk.errors import UnknownOrder
from orderdesk.flows import bury

routes = APIRouter(prefix="/dead-letters", tags=["dead letters"])

LetterId = Annotated[bodies.Id, Path(description="its number in the list")]


@routes.get("", responses=noes())
def letters(
    house: Inside,
    _reader: Reader,
    *,
    closed: Annotated[bool, Query(description="closed ones too")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> bodies.Letters:
    """List dead letters, the newest first."""
    found = house.desk.ledger.dead_letters(state=None if closed else "OPEN", limit=limit)
    return bodies.Letters(letters=tuple(map(views.letter_row, found)))


@routes.get("/{letter_id}", responses=noes(404))
def letter(house: Inside, _reader: Reader, letter_id: LetterId) -> bodies.Letter:
    """Show one whole, with its trace."""
    found = house.desk.ledger.dead_letter(letter_id)
    if found is None:
        raise UnknownOrder(f"there is no dead letter {letter_id}", str(letter_id))
    return bodies.Letter(
        letter=views.letter_row(found), arguments=dict(found.arguments), trace=found.trace
    )


@routes.post("/{letter_id}/replay", responses=noes(403, 404, 409))
def replay(house: Inside, operator: Operator, letter_id: LetterId) -> bodies.LetterClosed:
    """Run its work again, inside its own intent: it cannot double."""
    found = bury.replay(house.desk, letter_id, by=operator)
    return bodies.LetterClosed(id=found.id, state="REPLAYED", order=found.order)


@routes.post("/{letter_id}/discard", responses=noes(403, 404, 409))
def discard(
    house: Inside, operator: Operator, letter_id: LetterId, why: bodies.DiscardBody
) -> bodies.LetterClosed:
    """Close it for good, saying why."""
    found = bury.discard(house.desk, letter_id, reason=why.reason, by=operator)
    return bodies.LetterClosed(id=found.id, state="DISCARDED", order=found.order)
